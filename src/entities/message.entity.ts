import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, flag, json, nullableText, text } from './columns.js';
import { Conversation } from './conversation.entity.js';

@Entity('messages')
@Index('messages_by_sequence', ['agentId', 'sequenceId'])
@Index('messages_by_age', ['agentId', 'createdAt'])
@Index('messages_by_conversation', ['conversationId', 'sequenceId'])
@Index('messages_by_run', ['runId'])
@Index('messages_by_step', ['stepId'])
@Index('messages_of_sender', ['senderId'], { where: 'sender_id is not null' })
export class Message {
  @PrimaryColumn(text) id: string;
  @Column(text) organizationId: string;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(text)
  agentId: string;
  @ForeignKey(() => Conversation, { onDelete: 'CASCADE' })
  @Column(text)
  conversationId: string;
  @Column(text) role: string;
  /** domain parts of src/domain/messages/content.ts */
  @Column({ ...json, default: () => "'[]'" }) content: unknown;
  /** domain ToolCall[] of an assistant message */
  @Column({ ...json, default: () => "'[]'" }) toolCalls: unknown;
  /** domain ToolReturn[] of a tool message */
  @Column({ ...json, default: () => "'[]'" }) toolReturns: unknown;
  /** domain CallAnswer[] of an approval response */
  @Column({ ...json, default: () => "'[]'" }) approvals: unknown;
  @Column(nullableText) model: string | null;
  @Column(nullableText) name: string | null;
  @Column(nullableText) stepId: string | null;
  @Column(nullableText) runId: string | null;
  @Column(nullableText) otid: string | null;
  @Column(nullableText) senderId: string | null;
  @Column(nullableText) groupId: string | null;
  @Column(flag) isErr: boolean;
  /** What recall searches: the plain words of the message. */
  @Column({ ...text, default: '' }) searchText: string;
  /** Order over the whole server; cursors of message lists compare it. */
  @Index('messages_sequence', { unique: true })
  @Column({ type: 'bigint', default: () => "nextval('messages_sequence_id')" })
  sequenceId: string;
  @Column(createdNow) createdAt: Date;
}
