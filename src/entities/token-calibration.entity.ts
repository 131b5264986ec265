import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { createdNow, text } from './columns.js';
import { Conversation } from './conversation.entity.js';

/** What a model's provider counted for the last prompt of a conversation, beside what was estimated for it. */
@Entity('token_calibrations')
export class TokenCalibration {
  @ForeignKey(() => Conversation, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  conversationId: string;
  @PrimaryColumn(text) modelHandle: string;
  @Column({ type: 'integer' }) estimatedTokens: number;
  @Column({ type: 'integer' }) countedTokens: number;
  @Column(createdNow) updatedAt: Date;
}
