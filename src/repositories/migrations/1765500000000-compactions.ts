import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What is measured before a context is compacted, what models have answered meanwhile, and how a compaction is undone. */
export class Compactions1765500000000 implements MigrationInterface {
  readonly name = 'Compactions1765500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of statements) await queryRunner.query(statement);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table summary_responses');
    await queryRunner.query('drop table token_calibrations');
    await queryRunner.query(
      'alter table compactions drop column replaced_message_ids, drop column method, drop column model_calls, drop column undone_at, drop column undone_sequence_id',
    );
  }
}

const statements = [
  `alter table compactions add column replaced_message_ids jsonb, add column method text, add column model_calls integer,
     add column undone_at timestamptz(3), add column undone_sequence_id bigint`,
  `create table token_calibrations (
      conversation_id text not null,
      model_handle text not null,
      estimated_tokens integer not null,
      counted_tokens integer not null,
      updated_at timestamptz(3) not null default now(),
      constraint "PK_a672e3567d9d000ced7eeb9c1a3" primary key ("conversation_id", "model_handle")
    )`,
  `create table summary_responses (
      compaction_id text not null,
      request_key text not null,
      run_id text not null,
      answer text not null,
      created_at timestamptz(3) not null default now(),
      constraint "PK_845e24c19016300373d2547f55e" primary key ("compaction_id", "request_key")
    )`,
  'create index "summary_responses_of_run" on "summary_responses" ("run_id")',
  'alter table "token_calibrations" add constraint "FK_3818b53b0ad0c4d135c883a6191" foreign key ("conversation_id") references "conversations"("id") on delete cascade on update no action',
  'alter table "summary_responses" add constraint "FK_55d0ca94ff54f3111d24c86b65f" foreign key ("run_id") references "runs"("id") on delete cascade on update no action',
];
