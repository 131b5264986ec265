import { Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { text } from './columns.js';
import { Agent } from './agent.entity.js';

@Entity('agents_tags')
@Index('agents_tags_by_tag', ['tag'])
export class AgentTag {
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  agentId: string;
  @PrimaryColumn(text) tag: string;
}
