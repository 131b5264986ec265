import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { createdNow, flag, nullableText, text } from './columns.js';

/** A model provider that the settings name. Keys stay in the environment. */
@Entity('providers')
@Index('providers_name', ['name'], { unique: true })
export class Provider {
  @PrimaryColumn(text) id: string;
  @Column(nullableText) organizationId: string | null;
  @Column(text) name: string;
  @Column(text) providerType: string;
  @Column({ ...text, default: 'base' }) providerCategory: string;
  @Column(nullableText) baseUrl: string | null;
  @Column(flag) isDeleted: boolean;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
