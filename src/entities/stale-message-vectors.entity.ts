import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { text } from './columns.js';

/** An agent whose messages have vectors of another model than its own, or have none. A trigger on agents writes it. */
@Entity('stale_message_vectors')
export class StaleMessageVectors {
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  agentId: string;
  /** Sequence id of the last message that was looked at. */
  @Column({ type: 'bigint', default: 0 }) lookedTo: string;
}
