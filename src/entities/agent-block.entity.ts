import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { Block } from './block.entity.js';
import { createdNow, text } from './columns.js';

@Entity('blocks_agents')
@Index('blocks_agents_label', ['agentId', 'blockLabel'], { unique: true })
@Index('blocks_agents_by_block', ['blockId'])
export class AgentBlock {
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  agentId: string;
  @ForeignKey(() => Block, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  blockId: string;
  /** The block's label, kept here so that one agent has no two blocks of one label. */
  @Column(text) blockLabel: string;
  @Column(createdNow) createdAt: Date;
}
