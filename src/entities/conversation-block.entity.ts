import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Block } from './block.entity.js';
import { createdNow, text } from './columns.js';
import { Conversation } from './conversation.entity.js';

/** A block that one conversation has for itself: it stands for the agent's block of the same label there, and goes with the conversation. */
@Entity('blocks_conversations')
@Index('blocks_conversations_by_block', ['blockId'])
export class ConversationBlock {
  @ForeignKey(() => Conversation, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  conversationId: string;
  @ForeignKey(() => Block, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  blockId: string;
  @Column(createdNow) createdAt: Date;
}
