import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { createdNow, json, nullableText, nullableTimestamp, text, timestamp } from './columns.js';
import { Conversation } from './conversation.entity.js';

/** Something that was reported to an agent, for the first of its calls that waits for it. */
@Entity('agent_events')
@Index('agent_events_waiting', ['agentId', 'name', 'createdAt'], { where: 'taken_by is null' })
@Index('agent_events_by_key', ['agentId', 'key'], { unique: true, where: 'key is not null' })
@Index('agent_events_by_expiry', ['expiresAt'])
export class AgentEvent {
  @PrimaryColumn(text) id: string;
  @Column(text) organizationId: string;
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @Column(text)
  agentId: string;
  /** Null = for any conversation of the agent. */
  @ForeignKey(() => Conversation, { onDelete: 'CASCADE' })
  @Column(nullableText)
  conversationId: string | null;
  @Column(text) name: string;
  @Column(json) payload: unknown;
  /** The client's: one that comes again is the same event. */
  @Column(nullableText) key: string | null;
  /** Until then a call that begins to wait finds it. */
  @Column(timestamp) expiresAt: Date;
  /** The call that has got it. */
  @Column(nullableText) takenBy: string | null;
  @Column(nullableTimestamp) takenAt: Date | null;
  @Column(createdNow) createdAt: Date;
}
