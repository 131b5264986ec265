import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, json, nullableJson, nullableText, nullableTimestamp, text } from './columns.js';
import { Conversation } from './conversation.entity.js';

/** Calls that wait for the client. A conversation has at most one that is not closed; the queue holds while it is pending. */
@Entity('approval_requests')
@Index('approval_requests_open', ['conversationId'], { unique: true, where: "status <> 'closed'" })
@Index('approval_requests_by_creation', ['organizationId', 'createdAt', 'id'])
@Index('approval_requests_by_agent', ['agentId', 'createdAt', 'id'])
@Index('approval_requests_by_conversation', ['conversationId', 'createdAt'])
@Index('approval_requests_of_run', ['runId'])
@Index('approval_requests_by_deadline', ['deadlineAt'], { where: "status = 'pending' and deadline_at is not null" })
export class ApprovalRequest {
  /** The id of the request's message. */
  @PrimaryColumn(text) id: string;
  @Column(text) organizationId: string;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(text)
  agentId: string;
  @ForeignKey(() => Conversation, { onDelete: 'CASCADE' })
  @Column(text)
  conversationId: string;
  /** The run that asked. */
  @Column(text) runId: string;
  @Column(text) stepId: string;
  @Column({ type: 'integer' }) stepNumber: number;
  /** Of the model call within the step whose response holds the calls. */
  @Column({ type: 'integer' }) ordinal: number;
  /** domain AskedCall[]: the calls to be answered */
  @Column(json) calls: unknown;
  /** pending | answered: a run is about to carry the answers out | closed: the calls have their returns */
  @Column({ ...text, default: 'pending' }) status: string;
  /** domain CallAnswer[], as far as there are any */
  @Column({ ...json, default: () => "'[]'" }) answers: unknown;
  /** client | deadline | cancel | message: who or what answered. */
  @Column(nullableText) answeredBy: string | null;
  /** The run that carries the answers out. */
  @Column(nullableText) answeringRunId: string | null;
  /** domain RunEnd: what the run that carried the answers out ended with right behind them, or null when it went on. */
  @Column(nullableJson) stop: unknown;
  @Column(nullableTimestamp) deadlineAt: Date | null;
  /** deny | approve | fail: what happens at the deadline. */
  @Column({ ...text, default: 'deny' }) onTimeout: string;
  @Column(nullableTimestamp) answeredAt: Date | null;
  @Column(nullableTimestamp) closedAt: Date | null;
  @Column(createdNow) createdAt: Date;
}
