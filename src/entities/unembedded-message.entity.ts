import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, text } from './columns.js';
import { Message } from './message.entity.js';

/** A message that is still to be embedded, or embedded anew. A trigger on messages writes it. */
@Entity('unembedded_messages')
@Index('unembedded_messages_by_due', ['dueAt', 'messageId'])
export class UnembeddedMessage {
  @ForeignKey(() => Message, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  messageId: string;
  @Column(text) agentId: string;
  /** Later than its creation after a try that failed. */
  @Column(createdNow) dueAt: Date;
  @Column({ type: 'integer', default: 0 }) failures: number;
}
