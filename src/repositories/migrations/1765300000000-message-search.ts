import type { MigrationInterface, QueryRunner } from 'typeorm';
import { indexedDimensions, vectorIndexSql } from '../vector.js';

/**
 * What messages are found by, beside the messages themselves: they are read in full with every model call. Triggers write it in the statement that writes a
 * message, wherever that stands: docs/adr/0020-search-messages-beside-them.md.
 */
export class MessageSearch1765300000000 implements MigrationInterface {
  readonly name = 'MessageSearch1765300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const sql of [
      ...statements,
      ...indexedDimensions.map(dimension => vectorIndexSql('message_embeddings', dimension)),
      fillWordsSql,
      fillDueSql,
    ])
      await queryRunner.query(sql);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const sql of undo) await queryRunner.query(sql);
  }
}

export const renewMessageEmbeddings = [
  // Vectors of another model are of no use any more.
  `create function renew_message_embeddings() returns trigger language plpgsql as $$
   begin
     delete from message_embeddings where agent_id = new.id;
     insert into unembedded_messages (message_id, agent_id)
     select w.message_id, w.agent_id from messages m join message_words w on w.message_id = m.id, search_settings s
      where m.agent_id = new.id and w.role in ('user', 'assistant')
        and s.embeds_messages and (s.default_embedding is not null or new.embedding_config is not null)
     on conflict (message_id) do update set due_at = now(), failures = 0;
     return null;
   end $$`,
  `create trigger agents_embedding after update of embedding_config on agents for each row
     when (new.embedding_config is distinct from old.embedding_config) execute function renew_message_embeddings()`,
];

const statements = [
  'drop index messages_full_text',
  `create table search_settings (
    id boolean not null default true,
    language text not null default 'english',
    embeds_messages boolean not null default true,
    default_embedding text,
    primary key (id),
    constraint only_one check (id)
  )`,
  'insert into search_settings default values',
  `create table message_words (
    message_id text not null,
    organization_id text not null,
    agent_id text not null,
    conversation_id text not null,
    role text not null,
    sequence_id bigint not null,
    created_at timestamptz(3) not null,
    words tsvector not null,
    primary key (message_id),
    constraint "FK_df6e973a7a7f883656531ec1fbc" foreign key (message_id) references messages (id) on delete cascade
  )`,
  'create index message_words_words on message_words using gin (words)',
  `create table message_embeddings (
    message_id text not null,
    organization_id text not null,
    agent_id text not null,
    conversation_id text not null,
    role text not null,
    created_at timestamptz(3) not null,
    embedding vector not null,
    embedding_dim integer not null,
    embedding_key text not null,
    embedded_at timestamptz(3) not null default now(),
    primary key (message_id),
    constraint "FK_597ea7123f0b33f68e5e231ca6b" foreign key (message_id) references messages (id) on delete cascade
  )`,
  'create index message_embeddings_by_agent on message_embeddings (agent_id, created_at)',
  `create table unembedded_messages (
    message_id text not null,
    agent_id text not null,
    due_at timestamptz(3) not null default now(),
    failures integer not null default 0,
    primary key (message_id),
    constraint "FK_8851be6c94a55b6a47e1d50ba90" foreign key (message_id) references messages (id) on delete cascade
  )`,
  'create index unembedded_messages_by_due on unembedded_messages (due_at, message_id)',
  // Written without blanks, such scripts would be one word a sentence. The owners are words too, so that one index finds words within one of them.
  `create function search_words(owners text[], body text) returns tsvector language sql stable as $$
     select array_to_tsvector(owners) || to_tsvector((select language::regconfig from search_settings),
              regexp_replace(left(body, 100000), '([\\u0e00-\\u0e7f\\u3040-\\u30ff\\u3400-\\u9fff])', ' \\1 ', 'g'))
   $$`,
  `create function note_message_for_search() returns trigger language plpgsql as $$
   begin
     insert into message_words (message_id, organization_id, agent_id, conversation_id, role, sequence_id, created_at, words)
     values (new.id, new.organization_id, new.agent_id, new.conversation_id, new.role, new.sequence_id, new.created_at,
             search_words(array['@' || new.organization_id, '@' || new.agent_id], new.search_text));
     if new.role in ('user', 'assistant') then
       insert into unembedded_messages (message_id, agent_id)
       select new.id, new.agent_id from search_settings s
        where s.embeds_messages
          and (s.default_embedding is not null or exists (select from agents where id = new.agent_id and embedding_config is not null));
     end if;
     return null;
   end $$`,
  ...renewMessageEmbeddings,
  `create trigger messages_search after insert on messages for each row when (new.search_text <> '' and not new.is_err)
     execute function note_message_for_search()`,
];

const fillWordsSql = `
insert into message_words (message_id, organization_id, agent_id, conversation_id, role, sequence_id, created_at, words)
select id, organization_id, agent_id, conversation_id, role, sequence_id, created_at,
       search_words(array['@' || organization_id, '@' || agent_id], search_text)
  from messages where search_text <> '' and not is_err`;

const fillDueSql = `
insert into unembedded_messages (message_id, agent_id)
select m.id, m.agent_id from messages m join agents a on a.id = m.agent_id
 where m.search_text <> '' and not m.is_err and m.role in ('user', 'assistant') and a.embedding_config is not null`;

const undo = [
  'drop trigger messages_search on messages',
  'drop trigger agents_embedding on agents',
  'drop function note_message_for_search()',
  'drop function renew_message_embeddings()',
  'drop function search_words(text[], text)',
  'drop table unembedded_messages',
  'drop table message_embeddings',
  'drop table message_words',
  'drop table search_settings',
  `create index messages_full_text on messages using gin (to_tsvector('english', search_text))`,
];
