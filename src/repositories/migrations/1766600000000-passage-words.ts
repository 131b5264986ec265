import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The words of passages are searched as those of messages are, in the language of the settings. */
export class PassageWords1766600000000 implements MigrationInterface {
  readonly name = 'PassageWords1766600000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const sql of statements) await queryRunner.query(sql);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const sql of undo) await queryRunner.query(sql);
  }
}

const statements = [
  'drop index passages_full_text',
  `create table passage_words (
    passage_id text not null,
    words tsvector not null,
    primary key (passage_id),
    constraint "FK_f762035f1d63d9cc6112462cfea" foreign key (passage_id) references passages (id) on delete cascade
  )`,
  `create function note_passage_for_search() returns trigger language plpgsql as $$
   begin
     insert into passage_words (passage_id, words) values (new.id, search_words(array['@' || coalesce(new.archive_id, new.source_id)], new.text))
     on conflict (passage_id) do update set words = excluded.words;
     return null;
   end $$`,
  `insert into passage_words (passage_id, words) select id, search_words(array['@' || coalesce(archive_id, source_id)], text) from passages`,
  'create index passage_words_words on passage_words using gin (words)',
  // A search reads the whole list of what is pending: with Postgres' 4 MB that takes longer than all the rest.
  ...['passage_words_words', 'message_words_words', 'passages_tags'].map(
    index => `alter index ${index} set (gin_pending_list_limit = 256)`,
  ),
  `create trigger passages_search_insert after insert on passages for each row execute function note_passage_for_search()`,
  `create trigger passages_search_update after update of text, archive_id, source_id on passages for each row
     when ((new.text, new.archive_id, new.source_id) is distinct from (old.text, old.archive_id, old.source_id)) execute function note_passage_for_search()`,
];

const undo = [
  ...['message_words_words', 'passages_tags'].map(index => `alter index ${index} reset (gin_pending_list_limit)`),
  'drop trigger passages_search_insert on passages',
  'drop trigger passages_search_update on passages',
  'drop function note_passage_for_search()',
  'drop table passage_words',
  `create index passages_full_text on passages using gin (to_tsvector('english', text))`,
];
