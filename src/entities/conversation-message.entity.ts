import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { text } from './columns.js';
import { Conversation } from './conversation.entity.js';
import { Message } from './message.entity.js';

/** The messages that are in a conversation's context now, in order. Compaction removes entries, never messages. */
@Entity('conversation_messages')
@Index('conversation_messages_once', ['conversationId', 'messageId'], { unique: true })
@Index('conversation_messages_by_message', ['messageId'])
export class ConversationMessage {
  @ForeignKey(() => Conversation, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  conversationId: string;
  /** 0 is the compiled system message. */
  @PrimaryColumn({ type: 'bigint' }) position: string;
  @ForeignKey(() => Message, { onDelete: 'CASCADE' })
  @Column(text)
  messageId: string;
}
