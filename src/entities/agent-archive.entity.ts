import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { Archive } from './archive.entity.js';
import { createdNow, flag, text } from './columns.js';

@Entity('archives_agents')
@Index('archives_agents_by_archive', ['archiveId'])
export class AgentArchive {
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  agentId: string;
  @ForeignKey(() => Archive, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  archiveId: string;
  @Column(flag) isOwner: boolean;
  @Column(createdNow) createdAt: Date;
}
