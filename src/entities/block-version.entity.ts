import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Block } from './block.entity.js';
import { createdNow, flag, nullableText, text } from './columns.js';

/** One state of a block, never changed. The newest equals the block's row. */
@Entity('block_versions')
@Index('block_versions_tool_key', ['toolCallId', 'blockId'], { unique: true, where: 'tool_call_id is not null' })
@Index('block_versions_of_step', ['stepId'], { where: 'step_id is not null' })
export class BlockVersion {
  @ForeignKey(() => Block, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  blockId: string;
  @PrimaryColumn({ type: 'integer' }) version: number;
  @Column(text) label: string;
  @Column(text) value: string;
  @Column({ name: 'char_limit', type: 'integer' }) limit: number;
  @Column(nullableText) description: string | null;
  @Column(flag) readOnly: boolean;
  /** user | agent | system */
  @Column(text) authorType: string;
  @Column(nullableText) authorId: string | null;
  @Column(nullableText) stepId: string | null;
  /** Id of the tool call that made it: a repeated call makes no second one. */
  @Column(nullableText) toolCallId: string | null;
  @Column(createdNow) createdAt: Date;
}
