import type { MigrationInterface, QueryRunner } from 'typeorm';

export class Approvals1764700000000 implements MigrationInterface {
  readonly name = 'Approvals1764700000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`alter table messages add column approvals jsonb not null default '[]'`);
    await queryRunner.query('alter table runs add column answers_request_id text, add column answer jsonb');
    await queryRunner.query('alter table agents add column approval_settings jsonb');
    await queryRunner.query(`create table approval_requests (
      id text primary key,
      organization_id text not null,
      agent_id text not null constraint "FK_046195ce8ce04b10c11b8c53e77" references agents (id) on delete cascade,
      conversation_id text not null constraint "FK_4a9913f1f9abe1a553286433d19" references conversations (id) on delete cascade,
      run_id text not null,
      step_id text not null,
      step_number integer not null,
      ordinal integer not null,
      calls jsonb not null,
      status text not null default 'pending',
      answers jsonb not null default '[]',
      answered_by text,
      answering_run_id text,
      stop jsonb,
      deadline_at timestamptz(3),
      on_timeout text not null default 'deny',
      answered_at timestamptz(3),
      closed_at timestamptz(3),
      created_at timestamptz(3) not null default now()
    )`);
    await queryRunner.query(`create unique index approval_requests_open on approval_requests (conversation_id) where status <> 'closed'`);
    await queryRunner.query('create index approval_requests_by_creation on approval_requests (organization_id, created_at, id)');
    await queryRunner.query('create index approval_requests_by_agent on approval_requests (agent_id, created_at, id)');
    await queryRunner.query(
      `create index approval_requests_by_deadline on approval_requests (deadline_at) where status = 'pending' and deadline_at is not null`,
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table approval_requests');
    await queryRunner.query('alter table agents drop column approval_settings');
    await queryRunner.query('alter table runs drop column answers_request_id, drop column answer');
    await queryRunner.query('alter table messages drop column approvals');
  }
}
