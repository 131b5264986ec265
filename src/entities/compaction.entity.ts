import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableBigint, nullableInteger, nullableJson, nullableText, nullableTimestamp, text } from './columns.js';
import { Conversation } from './conversation.entity.js';

/** One compaction of a conversation's context. The id derives from that of its workflow. A reset is one without a summary: `reset/<uuid>`. */
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
  /** All messages from the first to the last evicted one, where one between them stayed. */
  @Column(nullableJson) replacedMessageIds: unknown;
  /** domain CompactionStage that made the summary; `extract` = no model did. */
  @Column(nullableText) method: string | null;
  /** Answers of models that the summary was made from. */
  @Column(nullableInteger) modelCalls: number | null;
  /** Its place among the messages: what the context was at an earlier time is told by both in order. */
  @Column({ type: 'bigint', default: () => "nextval('messages_sequence_id')" })
  sequenceId: string;
  /** When the messages came back in the place of the summary, and where among the messages that was. */
  @Column(nullableTimestamp) undoneAt: Date | null;
  @Column(nullableBigint) undoneSequenceId: string | null;
  @Column(createdNow) createdAt: Date;
}
