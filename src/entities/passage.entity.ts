import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Archive } from './archive.entity.js';
import { createdNow, nullableInteger, nullableJson, nullableText, text, textArray } from './columns.js';

/**
 * A piece of archival memory. The vector has its model's own dimension; the dimensions of the usual embedding models have a partial HNSW index each, the others
 * are searched without one.
 */
@Entity('passages')
@Index('passages_by_creation', ['archiveId', 'createdAt', 'id'])
@Index('passages_full_text', { synchronize: false })
@Index('passages_tags', { synchronize: false })
@Index('passages_embedding_384', { synchronize: false })
@Index('passages_embedding_512', { synchronize: false })
@Index('passages_embedding_768', { synchronize: false })
@Index('passages_embedding_1024', { synchronize: false })
@Index('passages_embedding_1536', { synchronize: false })
@Index('passages_embedding_3072', { synchronize: false })
@Index('passages_tool_key', ['archiveId', 'toolCallId'], { unique: true, where: 'tool_call_id is not null' })
@Index('passages_of_tool_call', ['toolCallId'], { where: 'tool_call_id is not null' })
export class Passage {
  @PrimaryColumn(text) id: string;
  @Column(text) organizationId: string;
  @ForeignKey(() => Archive, { onDelete: 'CASCADE' })
  @Column(text)
  archiveId: string;
  @Column(text) text: string;
  @Column({ type: 'vector', nullable: true }) embedding: number[] | null;
  @Column(nullableInteger) embeddingDim: number | null;
  @Column(nullableJson) embeddingConfig: unknown;
  @Column(nullableJson) metadata: unknown;
  @Column(textArray) tags: string[];
  /** Id of the tool call that inserted it: a repeated call inserts no second one. */
  @Column(nullableText) toolCallId: string | null;
  @Column(nullableText) createdById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
