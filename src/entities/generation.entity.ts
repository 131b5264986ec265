import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, json, nullableJson, nullableText, nullableTimestamp, text } from './columns.js';

/** A text that was asked of an agent's model beside all conversations. Kept for the days that traces are. */
@Entity('generations')
@Index('generations_by_key', ['agentId', 'idempotencyKey'], { unique: true, where: 'idempotency_key is not null' })
@Index('generations_open', ['id'], { where: "status = 'created'" })
@Index('generations_by_age', ['createdAt'])
export class Generation {
  @PrimaryColumn(text) id: string;
  @Column(text) organizationId: string;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(text)
  agentId: string;
  /** What is asked, and of which model. */
  @Column(json) request: unknown;
  @Column(nullableText) idempotencyKey: string | null;
  @Column(text) requestHash: string;
  /** created | completed | failed */
  @Column({ ...text, default: 'created' }) status: string;
  @Column(nullableJson) result: unknown;
  @Column(nullableJson) error: unknown;
  @Column(createdNow) createdAt: Date;
  @Column(nullableTimestamp) completedAt: Date | null;
}
