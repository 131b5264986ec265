import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, text } from './columns.js';
import { Message } from './message.entity.js';

/** The vector of a message, and what searches filter by. Its dimensions are indexed as those of passages. */
@Entity('message_embeddings')
@Index('message_embeddings_by_agent', ['agentId', 'createdAt'])
@Index('message_embeddings_embedding_384', { synchronize: false })
@Index('message_embeddings_embedding_512', { synchronize: false })
@Index('message_embeddings_embedding_768', { synchronize: false })
@Index('message_embeddings_embedding_1024', { synchronize: false })
@Index('message_embeddings_embedding_1536', { synchronize: false })
@Index('message_embeddings_embedding_3072', { synchronize: false })
export class MessageEmbedding {
  @ForeignKey(() => Message, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  messageId: string;
  @Column(text) organizationId: string;
  @Column(text) agentId: string;
  @Column(text) conversationId: string;
  @Column(text) role: string;
  @Column({ type: 'timestamptz', precision: 3 }) createdAt: Date;
  @Column({ type: 'vector' }) embedding: number[];
  @Column({ type: 'integer' }) embeddingDim: number;
  /** domain embeddingKey */
  @Column(text) embeddingKey: string;
  @Column(createdNow) embeddedAt: Date;
}
