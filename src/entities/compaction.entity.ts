import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableJson, nullableText, text } from './columns.js';
import { Conversation } from './conversation.entity.js';

/**
 * One compaction of a conversation's context. The id is the workflow's: `run/<runId>/summarize/<n>` or `command/<commandId>/summarize`. A reset is one
 * without a summary: `reset/<uuid>`.
 */
@Entity('compactions')
@Index('compactions_by_conversation', ['conversationId', 'createdAt'])
@Index('compactions_of_run', ['runId'])
export class Compaction {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Conversation, { onDelete: 'CASCADE' })
  @Column(text)
  conversationId: string;
  @Column(nullableText) runId: string | null;
  @Column(nullableText) summaryMessageId: string | null;
  /** V1's compaction_stats; null for a reset. */
  @Column(nullableJson) stats: unknown;
  /** Message ids that left the context, in order. */
  @Column(json) evictedMessageIds: unknown;
  /** Its place among the messages: what the context was at an earlier time is told by both in order. */
  @Column({ type: 'bigint', default: () => "nextval('messages_sequence_id')" })
  sequenceId: string;
  @Column(createdNow) createdAt: Date;
}
