import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { Agent } from './agent.entity.js';
import { text } from './columns.js';

/** The sum of the charges of an agent that are marked as counted. Only agents with a total budget without a window have one. */
@Entity('spent_totals')
export class SpentTotal {
  @ForeignKey(() => Agent, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  agentId: string;
  @Column({ type: 'integer' }) steps: number;
  @Column({ type: 'bigint' }) tokens: string;
  @Column({ type: 'numeric' }) costUsd: string;
  /** Tokens of models without a known price. */
  @Column({ type: 'bigint' }) unpriced: string;
}
