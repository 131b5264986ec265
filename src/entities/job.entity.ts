import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableJson, nullableText, nullableTimestamp, text, zero } from './columns.js';
import { Organization } from './organization.entity.js';

/** A long piece of work that no run does: the intent that a workflow carries out, and how far it is. */
@Entity('jobs')
@Index('jobs_by_creation', ['organizationId', 'createdAt', 'id'])
@Index('jobs_of_subject', ['subjectId', 'kind', 'createdAt'])
@Index('jobs_open', ['kind', 'subjectId'], { unique: true, where: 'completed_at is null' })
export class Job {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  /** domain JobKind */
  @Column(text) kind: string;
  /** What it is done to. */
  @Column(text) subjectId: string;
  /** created | running | completed | failed | cancelled */
  @Column({ ...text, default: 'created' }) status: string;
  /** Where the next batch begins. */
  @Column(nullableJson) cursor: unknown;
  @Column(zero) total: number;
  @Column(zero) done: number;
  /** Counts that tell what was done. */
  @Column({ ...json, default: () => "'{}'" }) report: unknown;
  /** Of the last try, or why it has failed. */
  @Column(nullableText) error: string | null;
  @Column(nullableText) createdById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
  @Column(nullableTimestamp) completedAt: Date | null;
}
