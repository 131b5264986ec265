import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, text } from './columns.js';
import { Identity } from './identity.entity.js';

@Entity('identities_agents')
@Index('identities_agents_by_agent', ['agentId'])
export class IdentityAgent {
  @ForeignKey(() => Identity, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  identityId: string;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  agentId: string;
  @Column(createdNow) createdAt: Date;
}
