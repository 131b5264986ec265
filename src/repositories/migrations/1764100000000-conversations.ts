import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Conversations beside the default one: what they are called, which model they use, their own blocks, forks and commands. */
const up = [
  `alter table conversations
     add column summary text,
     add column model text,
     add column model_settings jsonb,
     add column config_changes jsonb,
     add column forked_from_id text,
     add column forked_at_sequence bigint,
     add column created_by_id text,
     add column last_updated_by_id text,
     add column deleted_at timestamptz(3)`,
  `alter table conversations add constraint "FK_8120467a9e85ae5d30cab4270a0" foreign key ("forked_from_id") references "conversations"("id") on delete set null on update no action`,
  `create table blocks_conversations (
      conversation_id text not null,
      block_id text not null,
      created_at timestamptz(3) not null default now(),
      constraint "PK_4ff3ae3327f9286e4319775284e" primary key ("conversation_id", "block_id")
    )`,
  `create index "blocks_conversations_by_block" on "blocks_conversations" ("block_id")`,
  `alter table blocks_conversations add constraint "FK_1ee2b7bbe5cf7465ae5ab056b21" foreign key ("conversation_id") references "conversations"("id") on delete cascade on update no action`,
  `alter table blocks_conversations add constraint "FK_d41a1644e376d606e56720775ae" foreign key ("block_id") references "blocks"("id") on delete cascade on update no action`,
  `alter table runs add column command text`,
  `alter table compactions alter column summary_message_id drop not null`,
  `alter table compactions alter column stats drop not null`,
  `alter table compactions add column sequence_id bigint not null default nextval('messages_sequence_id')`,
];

const down = [
  `alter table compactions drop column sequence_id`,
  `delete from compactions where summary_message_id is null`,
  `alter table compactions alter column summary_message_id set not null`,
  `alter table compactions alter column stats set not null`,
  `delete from runs where command is not null`,
  `alter table runs drop column command`,
  `drop table blocks_conversations`,
  `alter table conversations drop column summary, drop column model, drop column model_settings, drop column config_changes, drop column forked_from_id,
     drop column forked_at_sequence, drop column created_by_id, drop column last_updated_by_id, drop column deleted_at`,
];

export class Conversations1764100000000 implements MigrationInterface {
  readonly name = 'Conversations1764100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}
