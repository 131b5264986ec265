import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableText, text } from './columns.js';
import { Conversation } from './conversation.entity.js';

/** One compaction of a conversation's context. The id is the workflow's: `run/<runId>/summarize/<n>`. */
@Entity('compactions')
@Index('compactions_by_conversation', ['conversationId', 'createdAt'])
export class Compaction {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Conversation, { onDelete: 'CASCADE' })
  @Column(text)
  conversationId: string;
  @Column(nullableText) runId: string | null;
  @Column(text) summaryMessageId: string;
  /** V1's compaction_stats */
  @Column(json) stats: unknown;
  /** Message ids that left the context, in order. */
  @Column(json) evictedMessageIds: unknown;
  @Column(createdNow) createdAt: Date;
}
