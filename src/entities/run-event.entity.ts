import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableText, text } from './columns.js';
import { Run } from './run.entity.js';

/** The log that every reader of a run reads: see docs/design/streaming.md. */
@Entity('run_events')
@Index('run_events_once', ['runId', 'key'], { unique: true, where: 'key is not null' })
export class RunEvent {
  @ForeignKey(() => Run, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  runId: string;
  /** The last of the sequence numbers that the event takes up. */
  @PrimaryColumn({ type: 'bigint' }) seq: string;
  @Column(text) kind: string;
  /** Unique in the run for all events but deltas. */
  @Column(nullableText) key: string | null;
  @Column(json) payload: unknown;
  /** The stored message that the event tells of. */
  @Column(nullableText) messageId: string | null;
  @Column(createdNow) createdAt: Date;
}
