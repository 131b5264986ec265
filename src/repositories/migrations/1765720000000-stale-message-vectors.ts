import type { MigrationInterface, QueryRunner } from 'typeorm';
import { renewMessageEmbeddings } from './1765300000000-message-search.js';

/**
 * A change of an agent's embedding model notes one row; the workflow that embeds messages goes through those of the agent, batch by batch, while the change has
 * long been answered. What leaves the vectors as they are notes nothing.
 */
export class StaleMessageVectors1765720000000 implements MigrationInterface {
  readonly name = 'StaleMessageVectors1765720000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const sql of statements) await queryRunner.query(sql);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const sql of undo) await queryRunner.query(sql);
  }
}

const statements = [
  'drop trigger agents_embedding on agents',
  'drop function renew_message_embeddings()',
  `create table stale_message_vectors (
    agent_id text not null,
    looked_to bigint not null default 0,
    primary key (agent_id),
    constraint "FK_29b33fc868d30cf99a6f8bd2ec4" foreign key (agent_id) references agents (id) on delete cascade
  )`,
  // domain embeddingKey
  `create function embedding_key(config jsonb) returns text language sql immutable as $$
     select left(config ->> 'handle', greatest(strpos(config ->> 'handle', '/') - 1, 0)) || '/' || (config ->> 'embeddingModel') || '/' || (config ->> 'embeddingDim')
   $$`,
  `create function note_stale_message_vectors() returns trigger language plpgsql as $$
   begin
     insert into stale_message_vectors (agent_id) values (new.id) on conflict (agent_id) do update set looked_to = 0;
     return null;
   end $$`,
  `create trigger agents_embedding after update of embedding_config on agents for each row
     when (embedding_key(new.embedding_config) is distinct from embedding_key(old.embedding_config)) execute function note_stale_message_vectors()`,
];

const undo = [
  'drop trigger agents_embedding on agents',
  'drop function note_stale_message_vectors()',
  'drop function embedding_key(jsonb)',
  'drop table stale_message_vectors',
  ...renewMessageEmbeddings,
];
