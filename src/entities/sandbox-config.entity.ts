import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableText, text } from './columns.js';
import { Organization } from './organization.entity.js';

/** How an organisation wants one kind of sandbox. */
@Entity('sandbox_configs')
@Index('sandbox_configs_type', ['organizationId', 'type'], { unique: true })
export class SandboxConfig {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  /** local | e2b | modal */
  @Column(text) type: string;
  @Column(json) config: unknown;
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
