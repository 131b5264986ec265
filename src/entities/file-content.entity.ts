import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { text } from './columns.js';
import { StoredFile } from './file.entity.js';

/** A part of a file's text. It ends where a line of the numbered view ends, so that lines can be read without the rest of the text. */
@Entity('file_contents')
export class FileContent {
  @ForeignKey(() => StoredFile, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  fileId: string;
  /** From 0. */
  @PrimaryColumn({ type: 'integer' }) part: number;
  /** Lines of the numbered view before it. */
  @Column({ type: 'integer' }) firstLine: number;
  /** Lines of the numbered view in it. */
  @Column({ type: 'integer' }) lineCount: number;
  @Column(text) text: string;
}
