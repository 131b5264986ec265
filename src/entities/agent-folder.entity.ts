import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, text } from './columns.js';
import { Folder } from './folder.entity.js';

@Entity('sources_agents')
@Index('sources_agents_by_source', ['sourceId'])
export class AgentFolder {
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  agentId: string;
  @ForeignKey(() => Folder, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  sourceId: string;
  @Column(createdNow) createdAt: Date;
}
