import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, text } from './columns.js';
import { Tool } from './tool.entity.js';

@Entity('tools_agents')
@Index('tools_agents_by_tool', ['toolId'])
export class AgentTool {
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  agentId: string;
  @ForeignKey(() => Tool, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  toolId: string;
  @Column(createdNow) createdAt: Date;
}
