import { Check, Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Archive } from './archive.entity.js';
import { createdNow, nullableInteger, nullableJson, nullableText, text, textArray } from './columns.js';
import { StoredFile } from './file.entity.js';
import { Folder } from './folder.entity.js';

/**
 * A piece of archival memory, or of a folder's file. The vector has its model's own dimension; the dimensions of the usual embedding models have a partial HNSW index each, the others
 * are searched without one.
 */
@Entity('passages')
@Index('passages_by_creation', ['archiveId', 'createdAt', 'id'])
@Index('passages_by_age', ['archiveId', 'updatedAt'])
@Index('passages_tags', { synchronize: false })
@Index('passages_embedding_384', { synchronize: false })
@Index('passages_embedding_512', { synchronize: false })
@Index('passages_embedding_768', { synchronize: false })
@Index('passages_embedding_1024', { synchronize: false })
@Index('passages_embedding_1536', { synchronize: false })
@Index('passages_embedding_3072', { synchronize: false })
@Index('passages_by_content', ['archiveId', 'contentHash'], { unique: true })
@Index('passages_of_tool_call', ['toolCallId'], { where: 'tool_call_id is not null' })
@Index('passages_of_folder', ['sourceId', 'createdAt', 'id'], { where: 'source_id is not null' })
@Index('passages_of_file', ['fileId', 'chunkIndex'], { unique: true, where: 'file_id is not null' })
@Check(
  'passages_owner',
  `(archive_id is not null and source_id is null and file_id is null and chunk_index is null)
      or (archive_id is null and source_id is not null and file_id is not null and chunk_index is not null)`,
)
export class Passage {
  @PrimaryColumn(text) id: string;
  @Column(text) organizationId: string;
  /** Null = it is a piece of a file. */
  @ForeignKey(() => Archive, { onDelete: 'CASCADE' })
  @Column(nullableText)
  archiveId: string | null;
  @ForeignKey(() => Folder, { onDelete: 'CASCADE' })
  @Column(nullableText)
  sourceId: string | null;
  @ForeignKey(() => StoredFile, { onDelete: 'CASCADE' })
  @Column(nullableText)
  fileId: string | null;
  /** The place of the piece in its file, from 0. */
  @Column(nullableInteger) chunkIndex: number | null;
  @Column(text) text: string;
  @Column({ type: 'vector', nullable: true }) embedding: number[] | null;
  @Column(nullableInteger) embeddingDim: number | null;
  @Column(nullableJson) embeddingConfig: unknown;
  /** domain embeddingKey of the vector. */
  @Column(nullableText) embeddingModel: string | null;
  /** passageHash; null for one that stood there twice before passages had one. */
  @Column(nullableText) contentHash: string | null;
  @Column(nullableJson) metadata: unknown;
  @Column(textArray) tags: string[];
  /** Id of the tool call that inserted it, and nobody else: what the call's run has done is undone with it. */
  @Column(nullableText) toolCallId: string | null;
  @Column(nullableText) createdById: string | null;
  /** What the client says, or when it was inserted. */
  @Column(createdNow) createdAt: Date;
  /** When it was inserted, or inserted again. */
  @Column(createdNow) updatedAt: Date;
}
