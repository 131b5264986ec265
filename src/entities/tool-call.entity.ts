import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, nullableJson, nullableText, nullableTimestamp, text } from './columns.js';
import { Run } from './run.entity.js';

/** What is known of one tool call's execution. The id is the call's idempotency key: `run/<runId>/step/<n>/tool/<i>`. */
@Entity('tool_calls')
@Index('tool_calls_of_run', ['runId'])
@Index('tool_calls_waiting', ['waitsFor'], { where: "status = 'started' and waits_for is not null" })
export class ToolCallExecution {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Run, { onDelete: 'CASCADE' })
  @Column(text)
  runId: string;
  @Column(text) stepId: string;
  @Column(text) toolName: string;
  @Column(nullableText) toolId: string | null;
  @Column(text) providerCallId: string;
  /** started | finished | cut_off | refused (a rule forbade it, or no worker took it: it never ran) */
  @Column(text) status: string;
  /** domain ToolReturn, once it is not `started` any more */
  @Column(nullableJson) result: unknown;
  /** Of a call that waits: until when, and for which event, if any. */
  @Column(nullableTimestamp) wakesAt: Date | null;
  @Column(nullableText) waitsFor: string | null;
  @Column(createdNow) startedAt: Date;
  @Column(nullableTimestamp) finishedAt: Date | null;
}
