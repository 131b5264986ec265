import { Column, Entity, PrimaryColumn } from 'typeorm';
import { createdNow, nullableJson, text } from './columns.js';

@Entity('organizations')
export class Organization {
  @PrimaryColumn(text) id: string;
  @Column(text) name: string;
  /** domain RetentionPolicy; null = the server's. */
  @Column(nullableJson) retention: unknown;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
