import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, nullableBigint, nullableInteger, nullableText, nullableTimestamp, text } from './columns.js';
import { Folder } from './folder.entity.js';
import { Organization } from './organization.entity.js';

@Entity('files')
@Index('files_name', ['sourceId', 'fileName'], { unique: true, where: 'deleted_at is null' })
@Index('files_by_creation', ['sourceId', 'createdAt', 'id'])
@Index('files_by_original', ['sourceId', 'originalFileName'], { where: 'deleted_at is null' })
@Index('files_hidden', ['deletedAt'], { where: 'deleted_at is not null' })
@Index('files_unfinished', ['id'], { where: "processing_status in ('pending', 'parsing', 'embedding') and deleted_at is null" })
export class StoredFile {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  @ForeignKey(() => Folder, { onDelete: 'CASCADE' })
  @Column(text)
  sourceId: string;
  /** What agents call it: the folder's name, `/`, and the name below. */
  @Column(text) fileName: string;
  @Column(nullableText) originalFileName: string | null;
  @Column(nullableText) filePath: string | null;
  /** MIME type */
  @Column(nullableText) fileType: string | null;
  /** In bytes. */
  @Column(nullableBigint) fileSize: string | null;
  @Column(nullableText) fileCreationDate: string | null;
  @Column(nullableText) fileLastModifiedDate: string | null;
  /** Of its bytes in the object storage. */
  @Column(nullableText) objectKey: string | null;
  /** Of its bytes, in hex. */
  @Column(nullableText) sha256: string | null;
  /** domain FileStatus */
  @Column({ ...text, default: 'pending' }) processingStatus: string;
  @Column(nullableText) errorMessage: string | null;
  @Column(nullableInteger) totalChunks: number | null;
  @Column(nullableInteger) chunksEmbedded: number | null;
  /** Of the numbered view. Null = it is not parsed yet. */
  @Column(nullableInteger) lineCount: number | null;
  /** Of its text. */
  @Column(nullableInteger) charCount: number | null;
  /** It is served no more, and a job takes its rows and bytes away; or not yet, while it is uploaded. */
  @Column(nullableTimestamp) deletedAt: Date | null;
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
