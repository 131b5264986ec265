import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { createdNow, text } from './columns.js';

/** The vector of a text that was embedded before. It belongs to nobody: who asks has the text itself. */
@Entity('embeddings')
@Index('embeddings_by_use', ['usedAt'])
export class Embedding {
  /** domain embeddingKey */
  @PrimaryColumn(text) model: string;
  /** SHA-256 of the text in hex. */
  @PrimaryColumn(text) contentHash: string;
  @Column({ type: 'vector' }) embedding: number[];
  @Column(createdNow) createdAt: Date;
  /** To the day: a look-up writes at most once a day. */
  @Column(createdNow) usedAt: Date;
}
