import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Block } from './block.entity.js';
import { createdNow, text } from './columns.js';
import { Identity } from './identity.entity.js';

@Entity('identities_blocks')
@Index('identities_blocks_by_block', ['blockId'])
export class IdentityBlock {
  @ForeignKey(() => Identity, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  identityId: string;
  @ForeignKey(() => Block, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  blockId: string;
  @Column(createdNow) createdAt: Date;
}
