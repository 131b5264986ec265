import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, flag, nullableFlag, nullableJson, nullableText, text, textArray } from './columns.js';
import { Organization } from './organization.entity.js';

/** A piece of core memory; the row is the newest of its versions. */
@Entity('blocks')
@Index('blocks_by_creation', ['organizationId', 'createdAt', 'id'])
@Index('blocks_by_label', ['organizationId', 'label'])
export class Block {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  @Column(text) label: string;
  @Column(text) value: string;
  /** Characters. */
  @Column({ name: 'char_limit', type: 'integer', default: 100000 }) limit: number;
  @Column(nullableText) description: string | null;
  @Column(flag) readOnly: boolean;
  @Column(nullableJson) metadata: unknown;
  @Column(nullableFlag) hidden: boolean | null;
  @Column(textArray) tags: string[];
  @Column(flag) isTemplate: boolean;
  @Column(nullableText) templateName: string | null;
  @Column(nullableText) templateId: string | null;
  @Column(nullableText) baseTemplateId: string | null;
  @Column(nullableText) deploymentId: string | null;
  @Column(nullableText) entityId: string | null;
  @Column(nullableText) projectId: string | null;
  @Column(flag) preserveOnMigration: boolean;
  /** Number of the newest version, from 1. */
  @Column({ type: 'integer', default: 1 }) version: number;
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
