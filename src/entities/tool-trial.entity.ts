import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, json, nullableJson, nullableText, nullableTimestamp, text } from './columns.js';

/** One call of a tool outside of any run. Kept for the days that traces are. */
@Entity('tool_trials')
@Index('tool_trials_by_key', ['organizationId', 'scope', 'idempotencyKey'], { unique: true, where: 'idempotency_key is not null' })
@Index('tool_trials_by_scope', ['organizationId', 'scope', 'createdAt'])
@Index('tool_trials_open', ['id'], { where: "status in ('created', 'started')" })
@Index('tool_trials_by_age', ['createdAt'])
export class ToolTrial {
  @PrimaryColumn(text) id: string;
  @Column(text) organizationId: string;
  /** Null = outside of any agent. */
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(nullableText)
  agentId: string | null;
  /** Null = the request holds a source. */
  @Column(nullableText) toolId: string | null;
  /** What a key, or a request that is sent again, is compared within: the agent and the tool. */
  @Column(text) scope: string;
  /** domain TrialRequest */
  @Column(json) request: unknown;
  @Column(nullableText) idempotencyKey: string | null;
  @Column(text) requestHash: string;
  /** created | started | finished | cut_off */
  @Column({ ...text, default: 'created' }) status: string;
  /** domain TrialResult */
  @Column(nullableJson) result: unknown;
  @Column(createdNow) createdAt: Date;
  @Column(nullableTimestamp) completedAt: Date | null;
}
