import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, nullableText, text } from './columns.js';

/** A secret of an agent, which the code of its tools finds in its environment. */
@Entity('agent_variables')
@Index('agent_variables_key', ['agentId', 'key'], { unique: true })
export class AgentVariable {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(text)
  agentId: string;
  @Column(text) key: string;
  @Column(text) sealedValue: string;
  @Column(nullableText) description: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
