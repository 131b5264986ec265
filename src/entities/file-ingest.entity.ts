import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { flag, nullableText, text, zero } from './columns.js';
import { StoredFile } from './file.entity.js';

/** How far the reading of a file is, so that it goes on there. */
@Entity('file_ingests')
export class FileIngest {
  @ForeignKey(() => StoredFile, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  fileId: string;
  /** Who parses it now: what an earlier one still writes is not taken. */
  @Column({ type: 'integer', default: 1 }) parseAttempt: number;
  /** domain TextKind. Null = it is not parsed yet. */
  @Column(nullableText) textKind: string | null;
  /** Its agents have it. */
  @Column(flag) isAttached: boolean;
  /** Parts of its text that are cut into chunks. */
  @Column(zero) chunkedParts: number;
  /** It is cut as V1 does once something about its chunks was refused. */
  @Column(flag) isConservative: boolean;
  /** Chunks that a vector was asked for. */
  @Column(zero) askedChunks: number;
  /** Chunks that the model refused: they are found by their words. */
  @Column(zero) refusedChunks: number;
  /** Why the last try went wrong, or a chunk was refused. */
  @Column(nullableText) note: string | null;
}
