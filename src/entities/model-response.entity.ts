import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableBigint, nullableTimestamp, text } from './columns.js';
import { Step } from './step.entity.js';

/** A model's answer, kept the moment it is complete: one that is stored is never asked for again. */
@Entity('model_responses')
export class StoredModelResponse {
  @ForeignKey(() => Step, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  stepId: string;
  /** Of the call within its step, from 0: a compaction is followed by another call. */
  @PrimaryColumn({ type: 'integer' }) ordinal: number;
  @Column({ type: 'integer' }) attempt: number;
  @Column(text) messageId: string;
  /** domain ModelResponse */
  @Column(json) response: unknown;
  /** When the provider was asked, and how long it took. */
  @Column(nullableTimestamp) requestedAt: Date | null;
  @Column(nullableBigint) requestNs: string | null;
  @Column(createdNow) createdAt: Date;
}
