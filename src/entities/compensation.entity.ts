import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableText, nullableTimestamp, text, timestamp } from './columns.js';
import { Run } from './run.entity.js';

/** The undoing of one tool call of a run that was rolled back or cancelled. The id is its idempotency key: `<id of the call>/undo`. */
@Entity('compensations')
@Index('compensations_of_run', ['runId', 'calledAt'])
@Index('compensations_open', ['runId'], { where: "status in ('waiting', 'running')" })
export class Compensation {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Run, { onDelete: 'CASCADE' })
  @Column(text)
  runId: string;
  @Column(text) callId: string;
  /** When the call was made: the last one is undone first. */
  @Column(timestamp) calledAt: Date;
  /** domain ToolUndo, as it was when the run ended. */
  @Column(json) undo: unknown;
  /** waiting | running | done | failed */
  @Column({ ...text, default: 'waiting' }) status: string;
  /** Why it has failed. */
  @Column(nullableText) error: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(nullableTimestamp) endedAt: Date | null;
}
