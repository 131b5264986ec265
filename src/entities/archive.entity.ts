import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableJson, nullableText, text } from './columns.js';
import { Organization } from './organization.entity.js';

@Entity('archives')
@Index('archives_by_creation', ['organizationId', 'createdAt', 'id'])
export class Archive {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  @Column(text) name: string;
  @Column(nullableText) description: string | null;
  @Column({ ...text, default: 'native' }) vectorDbProvider: string;
  /** domain EmbeddingConfig; null = passages are found by their words alone. */
  @Column(nullableJson) embeddingConfig: unknown;
  /** domain EmbeddingConfig[]: of vectors that are not made anew yet. */
  @Column({ ...json, default: () => "'[]'" }) formerEmbeddings: unknown;
  @Column(nullableJson) metadata: unknown;
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
