import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, flag, nullableText, text } from './columns.js';

/** What one model call has used up, or may use up while it is open. Stays when its run is deleted: a budget forgets nothing. */
@Entity('model_charges')
@Index('model_charges_of_agent', ['agentId', 'createdAt'])
@Index('model_charges_uncounted', ['agentId'], { where: 'not counted' })
@Index('model_charges_of_run', ['runId'])
@Index('model_charges_of_step', ['stepId'])
export class ModelCharge {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(text)
  agentId: string;
  @Column(nullableText) runId: string | null;
  @Column(nullableText) stepId: string | null;
  @Column({ type: 'integer' }) tokens: number;
  /** Null = the model has no known price. */
  @Column({ type: 'numeric', nullable: true }) costUsd: string | null;
  /** The call is open: it counts with the most that it may take. */
  @Column(flag) reserved: boolean;
  /** It is in the sum of its agent's `spent_totals`. */
  @Column(flag) counted: boolean;
  @Column(createdNow) createdAt: Date;
}
