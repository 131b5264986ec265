import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Calls of tools outside of any run. */
export class ToolTrials1765900000000 implements MigrationInterface {
  readonly name = 'ToolTrials1765900000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table tool_trials (
      id text not null,
      organization_id text not null,
      agent_id text,
      tool_id text,
      scope text not null,
      request jsonb not null,
      idempotency_key text,
      request_hash text not null,
      status text not null default 'created',
      result jsonb,
      created_at timestamptz(3) not null default now(),
      completed_at timestamptz(3),
      constraint "PK_af97cbc845bc9da06f11052e09d" primary key ("id"),
      constraint "FK_5b8c75144ee2c880a84a3ccbb73" foreign key ("agent_id") references "agents"("id") on delete cascade on update no action
    )`);
    await queryRunner.query(
      'create unique index "tool_trials_by_key" on "tool_trials" ("organization_id", "scope", "idempotency_key") where idempotency_key is not null',
    );
    await queryRunner.query('create index "tool_trials_by_scope" on "tool_trials" ("organization_id", "scope", "created_at")');
    await queryRunner.query(`create index "tool_trials_open" on "tool_trials" ("id") where status in ('created', 'started')`);
    await queryRunner.query('create index "tool_trials_by_age" on "tool_trials" ("created_at")');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table tool_trials');
  }
}
