import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { createdNow, text } from './columns.js';
import { Organization } from './organization.entity.js';

@Entity('users')
export class User {
  @PrimaryColumn(text) id: string;
  @Column(text) name: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
