import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { createdNow, nullableText, nullableTimestamp, text, zero } from './columns.js';

/**
 * A vector store beside Postgres that is told of every change: `filling` from the record, `active` when searches use it, `leaving` when another one has taken
 * its place. None of them active = searches use Postgres itself.
 */
@Entity('vector_indexes')
@Index('vector_indexes_active', ['state'], { unique: true, where: "state = 'active'" })
export class VectorIndexRow {
  @PrimaryColumn(text) name: string;
  @Column(text) state: string;
  /** Which collection is being filled in; null before the store was emptied for it. */
  @Column(nullableText) fillCollection: string | null;
  /** Id of the last point that was filled in. */
  @Column({ ...text, default: '' }) fillAfter: string;
  @Column(zero) filled: number;
  /** Whoever carries changes holds this for a while, so that one that was stopped cannot overtake the next one. */
  @Column(nullableText) leaseToken: string | null;
  @Column(nullableTimestamp) leasedUntil: Date | null;
  /** Why the last try failed; null after one that did not. */
  @Column(nullableText) lastError: string | null;
  /** Until then a leaving store goes on being told of changes: other processes may still search it. */
  @Column(nullableTimestamp) leavesAt: Date | null;
  /** When its counts were last compared with the record's, and explained. */
  @Column(nullableTimestamp) comparedAt: Date | null;
  @Column(createdNow) createdAt: Date;
}
