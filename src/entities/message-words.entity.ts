import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { text } from './columns.js';
import { Message } from './message.entity.js';

/** The words of a message that can be searched, and what such searches filter by. A trigger on messages writes it. */
@Entity('message_words')
@Index('message_words_words', { synchronize: false })
export class MessageWords {
  @ForeignKey(() => Message, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  messageId: string;
  @Column(text) organizationId: string;
  @Column(text) agentId: string;
  @Column(text) conversationId: string;
  @Column(text) role: string;
  @Column({ type: 'bigint' }) sequenceId: string;
  @Column({ type: 'timestamptz', precision: 3 }) createdAt: Date;
  /** Besides the words: `@` and the organization's id, `@` and the agent's. */
  @Column({ type: 'tsvector' }) words: string;
}
