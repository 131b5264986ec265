import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Block } from './block.entity.js';
import { createdNow, nullableText, text } from './columns.js';

/** A mark on a version of a block, to which the block can go back. */
@Entity('block_checkpoints')
export class BlockCheckpoint {
  @ForeignKey(() => Block, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  blockId: string;
  @PrimaryColumn({ type: 'integer' }) version: number;
  @Column(nullableText) name: string | null;
  @Column(nullableText) createdById: string | null;
  @Column(createdNow) createdAt: Date;
}
