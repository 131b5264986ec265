import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, nullableText, text } from './columns.js';
import { SandboxConfig } from './sandbox-config.entity.js';

/** What the code of all tools of an organisation finds in its environment. */
@Entity('sandbox_variables')
@Index('sandbox_variables_key', ['sandboxConfigId', 'key'], { unique: true })
export class SandboxVariable {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => SandboxConfig, { onDelete: 'CASCADE' })
  @Column(text)
  sandboxConfigId: string;
  @Column(text) key: string;
  @Column(text) sealedValue: string;
  @Column(nullableText) description: string | null;
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
