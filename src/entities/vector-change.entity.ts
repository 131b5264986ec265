import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { createdNow, nullableInteger, nullableText, nullableTimestamp, text } from './columns.js';

/**
 * A point whose row in the record was changed, and which a store has yet to be told of. Written by triggers, in the transaction that changes the row. What the
 * store gets is the row as it is when it is carried over, so the order among changes of one point does not matter.
 */
@Entity('vector_changes')
@Index('vector_changes_of_store', ['store', 'seq'])
@Index('vector_changes_refused', ['store'], { where: 'refusal is not null' })
export class VectorChange {
  @PrimaryColumn({ type: 'bigint', default: () => "nextval('vector_changes_seq')" }) seq: string;
  @Column(text) store: string;
  @Column(text) collection: string;
  @Column(text) pointId: string;
  @Column(text) organizationId: string;
  /** The dimension of a vector that is gone. */
  @Column(nullableInteger) dimension: number | null;
  /** Why the store did not take it; null for one that it was not told of. */
  @Column(nullableText) refusal: string | null;
  /** Before then it is not tried again. */
  @Column(nullableTimestamp) waitsUntil: Date | null;
  @Column(createdNow) createdAt: Date;
}
