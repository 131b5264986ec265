import { Check, Column, Entity, PrimaryColumn } from 'typeorm';
import { nullableText, text } from './columns.js';

/** One row: the settings that what is indexed was indexed by. The triggers read it. */
@Entity('search_settings')
@Check('only_one', 'id')
export class SearchSettings {
  @PrimaryColumn({ type: 'boolean', default: true }) id: boolean;
  /** A text search configuration of Postgres. */
  @Column({ ...text, default: 'english' }) language: string;
  @Column({ type: 'boolean', default: true }) embedsMessages: boolean;
  @Column(nullableText) defaultEmbedding: string | null;
}
