import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import {
  createdNow,
  nullableBigint,
  nullableInteger,
  nullableJson,
  nullableText,
  nullableTimestamp,
  text,
  textArray,
  zero,
} from './columns.js';
import { Run } from './run.entity.js';

/** One model call of a run with its tool calls. */
@Entity('steps')
@Index('steps_of_run', ['runId', 'number'], { unique: true })
@Index('steps_by_creation', ['organizationId', 'createdAt', 'id'])
@Index('steps_by_agent', ['agentId', 'createdAt', 'id'])
export class Step {
  @PrimaryColumn(text) id: string;
  @Column(text) organizationId: string;
  @ForeignKey(() => Run, { onDelete: 'CASCADE' })
  @Column(text)
  runId: string;
  @Column(text) agentId: string;
  /** From 1 in each run. */
  @Column({ type: 'integer' }) number: number;
  /** pending | success | failed | cancelled */
  @Column({ ...text, default: 'pending' }) status: string;
  @Column(nullableText) stopReason: string | null;
  @Column(nullableText) origin: string | null;
  @Column(nullableText) providerId: string | null;
  @Column(nullableText) providerName: string | null;
  @Column(nullableText) providerCategory: string | null;
  @Column(nullableText) model: string | null;
  @Column(nullableText) modelHandle: string | null;
  @Column(nullableText) modelEndpoint: string | null;
  @Column(nullableInteger) contextWindowLimit: number | null;
  @Column(zero) promptTokens: number;
  @Column(zero) completionTokens: number;
  @Column(zero) totalTokens: number;
  @Column(nullableInteger) cachedInputTokens: number | null;
  @Column(nullableInteger) cacheWriteTokens: number | null;
  @Column(nullableInteger) reasoningTokens: number | null;
  /** USD; null = the model has no known price. */
  @Column({ type: 'numeric', nullable: true }) costUsd: string | null;
  @Column(nullableText) feedback: string | null;
  @Column(textArray) tags: string[];
  @Column(nullableText) errorType: string | null;
  @Column(nullableJson) errorData: unknown;
  @Column(nullableText) requestId: string | null;
  @Column(nullableText) traceId: string | null;
  @Column(nullableText) tid: string | null;
  @Column(nullableText) projectId: string | null;
  /** The conversation's `shown_versions` when the context was loaded: what the step's edits go by. */
  @Column(nullableJson) shownVersions: unknown;
  /** When the model was first asked; the time of all answers that were kept. */
  @Column(nullableTimestamp) modelRequestedAt: Date | null;
  @Column(nullableBigint) modelRequestNs: string | null;
  /** How long at least one tool was running. */
  @Column(nullableBigint) toolExecutionNs: string | null;
  @Column(nullableTimestamp) completedAt: Date | null;
  @Column(createdNow) createdAt: Date;
}
