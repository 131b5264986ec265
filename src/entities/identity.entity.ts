import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, nullableText, text } from './columns.js';
import { Organization } from './organization.entity.js';

/** A person, an organisation or something else that agents and blocks belong to. No key stands twice in a project, none being one of its own. */
@Entity('identities')
@Index('identities_key', { synchronize: false })
@Index('identities_by_creation', ['organizationId', 'createdAt', 'id'])
export class Identity {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  @Column(text) identifierKey: string;
  @Column(text) name: string;
  /** org | user | other */
  @Column(text) identityType: string;
  @Column(nullableText) projectId: string | null;
  /** A list of key, value and type. */
  @Column({ type: 'jsonb', default: [] }) properties: unknown;
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
