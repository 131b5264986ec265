import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, nullableText, plainJson, text } from './columns.js';
import { Run } from './run.entity.js';

/** A model call as it was on the wire, without headers and what looks like a secret. Kept for as long as the agent's retention says. */
@Entity('provider_traces')
@Index('provider_traces_of_run', ['runId', 'createdAt'])
@Index('provider_traces_of_agent', ['agentId', 'createdAt'])
export class ProviderTrace {
  @PrimaryColumn(text) id: string;
  @Column(text) organizationId: string;
  @ForeignKey(() => Run, { onDelete: 'CASCADE' })
  /** Null = the call was a generation. */
  @Column(nullableText)
  runId: string | null;
  @Column(nullableText) stepId: string | null;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(text)
  agentId: string;
  /** agent_step | summarization | generation */
  @Column(text) callType: string;
  @Column(plainJson) request: unknown;
  @Column(plainJson) response: unknown;
  @Column(createdNow) createdAt: Date;
}
