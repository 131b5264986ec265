import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { text } from './columns.js';
import { Passage } from './passage.entity.js';

/** The words of a passage that can be searched. A trigger on passages writes it. */
@Entity('passage_words')
@Index('passage_words_words', { synchronize: false })
export class PassageWords {
  @ForeignKey(() => Passage, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  passageId: string;
  /** Besides the words: `@` and the id of the archive or the folder. */
  @Column({ type: 'tsvector' }) words: string;
}
