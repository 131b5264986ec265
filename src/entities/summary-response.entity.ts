import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, text } from './columns.js';
import { Run } from './run.entity.js';

/** A model's answer to one request of a compaction that is under way: one that is stored is never asked for again. */
@Entity('summary_responses')
@Index('summary_responses_of_run', ['runId'])
export class SummaryResponse {
  @PrimaryColumn(text) compactionId: string;
  /** Of the model and of all that it was asked. */
  @PrimaryColumn(text) requestKey: string;
  @ForeignKey(() => Run, { onDelete: 'CASCADE' })
  @Column(text)
  runId: string;
  @Column(text) answer: string;
  @Column(createdNow) createdAt: Date;
}
