import { Column, Entity, PrimaryColumn } from 'typeorm';
import { createdNow, text } from './columns.js';

@Entity('organizations')
export class Organization {
  @PrimaryColumn(text) id: string;
  @Column(text) name: string;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
