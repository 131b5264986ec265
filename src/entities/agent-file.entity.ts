import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, flag, nullableInteger, nullableText, text } from './columns.js';
import { StoredFile } from './file.entity.js';
import { Folder } from './folder.entity.js';

/** A file of a folder that an agent has, open or closed. */
@Entity('files_agents')
@Index('files_agents_once', ['agentId', 'fileId'], { unique: true })
@Index('files_agents_name', ['agentId', 'fileName'], { unique: true })
@Index('files_agents_by_file', ['fileId'])
@Index('files_agents_by_source', ['sourceId'])
export class AgentFile {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(text)
  agentId: string;
  @ForeignKey(() => StoredFile, { onDelete: 'CASCADE' })
  @Column(text)
  fileId: string;
  @ForeignKey(() => Folder, { onDelete: 'CASCADE' })
  @Column(text)
  sourceId: string;
  /** The file's, kept here so that one agent has no two files of one name: its tools call them by it. */
  @Column(text) fileName: string;
  @Column(flag) isOpen: boolean;
  /** The numbered lines that its prompt shows; null while it is closed. */
  @Column(nullableText) visibleContent: string | null;
  /** Of the lines that were asked for, from 0; null = from the file's start. */
  @Column(nullableInteger) startLine: number | null;
  /** Behind the last of them; null = to the file's end. */
  @Column(nullableInteger) endLine: number | null;
  @Column(createdNow) lastAccessedAt: Date;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
