import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Block } from './block.entity.js';
import { createdNow, flag, nullableInteger, nullableText, text } from './columns.js';

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
  /** create | edit | detach (with the content as it was) | undo | redo | rollback (of a run) */
  @Column({ ...text, default: 'edit' }) action: string;
  /** Of an undo or a redo: the version whose content it has. */
  @Column(nullableInteger) restores: number | null;
  /** What the tool call returned, where that is not the value. */
  @Column(nullableText) toolReturn: string | null;
  @Column(createdNow) createdAt: Date;
}
