import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, flag, nullableTimestamp, text } from './columns.js';

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
  /** Memory has changed since the system message was compiled; the next run compiles it anew. */
  @Column(flag) systemStale: boolean;
  @Column(nullableTimestamp) lastMessageAt: Date | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
