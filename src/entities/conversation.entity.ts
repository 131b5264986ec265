import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, flag, nullableBigint, nullableJson, nullableText, nullableTimestamp, text } from './columns.js';

/**
 * One line of talk with an agent, with its own context and queue. Every agent has a default conversation, whose id is `conv-` and the agent's uuid;
 * on the wire it shows as no conversation at all.
 */
@Entity('conversations')
@Index('conversations_by_agent', ['agentId'])
export class Conversation {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(text)
  agentId: string;
  @Column(flag) isDefault: boolean;
  /** The accept number of the last accepted run. Its row lock orders the accepts. */
  @Column({ type: 'bigint', default: 0 }) lastAcceptNo: string;
  /** The position of the last message put into the context. */
  @Column({ type: 'bigint', default: 0 }) lastPosition: string;
  /** Of all its messages that count, in the context or not. Kept by a trigger: ADR 15. */
  @Column({ type: 'bigint', default: 0 }) messageCount: string;
  /** Memory has changed since the system message was compiled; the next run compiles it anew. */
  @Column(flag) systemStale: boolean;
  /** By block id, the version that the context tells the model of: from the system message, or from what an edit of its own returned. */
  @Column(nullableJson) shownVersions: unknown;
  @Column(nullableText) summary: string | null;
  /** A handle that takes the place of the agent's. */
  @Column(nullableText) model: string | null;
  /** As the client sent them. */
  @Column(nullableJson) modelSettings: unknown;
  /** What the model settings change in the model's config: members of domain ModelConfig. */
  @Column(nullableJson) configChanges: unknown;
  /** The history before the fork is that of this conversation, up to the message of the sequence number below. */
  @ForeignKey(() => Conversation, { onDelete: 'SET NULL' })
  @Column(nullableText)
  forkedFromId: string | null;
  @Column(nullableBigint) forkedAtSequence: string | null;
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  /** A deleted conversation is not served any more; its messages stay in the agent's history. */
  @Column(nullableTimestamp) deletedAt: Date | null;
  @Column(nullableTimestamp) lastMessageAt: Date | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
