import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import {
  createdNow,
  flag,
  json,
  nullableBigint,
  nullableInteger,
  nullableJson,
  nullableText,
  nullableTimestamp,
  text,
  zero,
} from './columns.js';
import { Conversation } from './conversation.entity.js';

/** One accepted request: the intent that workflows carry out. */
@Entity('runs')
@Index('runs_callbacks_due', ['id'], {
  where: 'callback_url is not null and callback_settled_at is null and completed_at is not null',
})
@Index('runs_accept_order', ['conversationId', 'acceptNo'], { unique: true })
@Index('runs_by_creation', ['organizationId', 'createdAt', 'id'])
@Index('runs_by_agent', ['agentId', 'createdAt', 'id'])
@Index('runs_otid', ['conversationId', 'otid'], { unique: true, where: 'otid is not null' })
@Index('runs_idempotency_key', ['conversationId', 'idempotencyKey'], { unique: true, where: 'idempotency_key is not null' })
@Index('runs_open', ['conversationId', 'queueOrder', 'acceptNo'], { where: "status in ('created', 'running')" })
@Index('runs_interrupting', ['interruptsRunId'], { where: 'interrupts_run_id is not null' })
export class Run {
  @PrimaryColumn(text) id: string;
  @Column(text) organizationId: string;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(text)
  agentId: string;
  @ForeignKey(() => Conversation, { onDelete: 'CASCADE' })
  @Column(text)
  conversationId: string;
  /** Counts the accepted requests of the conversation. */
  @Column({ type: 'bigint' }) acceptNo: string;
  /** `compact`: the row is no run but a command on the conversation, which waits in the same queue and is executed by the same workflow. */
  @Column(nullableText) command: string | null;
  /** Runs of a conversation start in this order, then in that of their accepts; the accept number unless somebody has put the run elsewhere. */
  @Column({ type: 'bigint' }) queueOrder: string;
  /** The run that has to stop for this one. */
  @Column(nullableText) interruptsRunId: string | null;
  /** What the interrupted run did to the conversation is undone once it has ended. */
  @Column(flag) undoesInterrupted: boolean;
  /** created | running | completed | failed | cancelled */
  @Column({ ...text, default: 'created' }) status: string;
  @Column(nullableText) stopReason: string | null;
  @Column(flag) background: boolean;
  @Column({ ...json, default: () => "'{}'" }) metadata: unknown;
  /** V1's request_config: how the answer is to be presented. */
  @Column(nullableJson) requestConfig: unknown;
  /** What changes the run itself: domain RunOptions. */
  @Column({ ...json, default: () => "'{}'" }) options: unknown;
  /** domain input messages with the ids they will have; they enter the context when the run starts. */
  @Column(json) input: unknown;
  /** The client's otid of the first message: a second POST with it attaches to this run. */
  @Column(nullableText) otid: string | null;
  @Column(nullableText) idempotencyKey: string | null;
  /** The approval request whose answers this run carries out. It goes before all others of its conversation. */
  @Column(nullableText) answersRequestId: string | null;
  /** domain RunAnswer, of a run that answers a request. */
  @Column(nullableJson) answer: unknown;
  /** Of body and key: recognises a repeated POST that has no otid. */
  @Column(nullableText) requestHash: string | null;
  /** workflow | inline; never changes once the run is accepted. */
  @Column(text) isolation: string;
  /** The sequence number of the last event; its row lock orders the events. */
  @Column({ type: 'bigint', default: 0 }) lastSeq: string;
  /** Fencing token: raised before each model call; appends of an older attempt are refused. */
  @Column(zero) attempt: number;
  /** The message that the open model call is writing; null when none is open. */
  @Column(nullableText) callMessageId: string | null;
  @Column(nullableTimestamp) cancelRequestedAt: Date | null;
  @Column(nullableTimestamp) startedAt: Date | null;
  /** Since when it is held at a step's end; null = it is not. */
  @Column(nullableTimestamp) heldAt: Date | null;
  /** How long it was held before, in ms. */
  @Column({ type: 'bigint', default: 0 }) heldMs: string;
  @Column(nullableTimestamp) completedAt: Date | null;
  /** When the answer to the run's own request was written to its end. */
  @Column(nullableTimestamp) answeredAt: Date | null;
  @Column(nullableText) callbackUrl: string | null;
  /** Of the last try. */
  @Column(nullableTimestamp) callbackSentAt: Date | null;
  @Column(nullableInteger) callbackStatusCode: number | null;
  @Column(nullableText) callbackError: string | null;
  /** Delivered, or given up. */
  @Column(nullableTimestamp) callbackSettledAt: Date | null;
  @Column(nullableBigint) ttftNs: string | null;
  @Column(nullableBigint) totalDurationNs: string | null;
  @Column(nullableText) baseTemplateId: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
