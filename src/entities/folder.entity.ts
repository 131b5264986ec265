import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableJson, nullableText, nullableTimestamp, text } from './columns.js';
import { Organization } from './organization.entity.js';

/** Files under one name, with one embedding model. V1 calls it a source too. */
@Entity('sources')
@Index('sources_name', ['organizationId', 'name'], { unique: true, where: 'deleted_at is null' })
@Index('sources_by_creation', ['organizationId', 'createdAt', 'id'])
export class Folder {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  @Column(text) name: string;
  @Column(nullableText) description: string | null;
  @Column(nullableText) instructions: string | null;
  /** domain EmbeddingConfig */
  @Column(json) embeddingConfig: unknown;
  @Column({ ...text, default: 'native' }) vectorDbProvider: string;
  @Column(nullableJson) metadata: unknown;
  /** It is served no more; a job takes its rows and bytes away. */
  @Column(nullableTimestamp) deletedAt: Date | null;
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
