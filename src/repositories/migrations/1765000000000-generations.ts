import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Texts that are asked of an agent's model beside all conversations. */
export class Generations1765000000000 implements MigrationInterface {
  readonly name = 'Generations1765000000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table generations (
      id text not null,
      organization_id text not null,
      agent_id text not null,
      request jsonb not null,
      idempotency_key text,
      request_hash text not null,
      status text not null default 'created',
      result jsonb,
      error jsonb,
      created_at timestamptz(3) not null default now(),
      completed_at timestamptz(3),
      constraint "PK_9d2a52fbde1fba42c24ec42ddd2" primary key ("id"),
      constraint "FK_15a3769391d2b7a493067adc503" foreign key ("agent_id") references "agents"("id") on delete cascade on update no action
    )`);
    await queryRunner.query(
      'create unique index "generations_by_key" on "generations" ("agent_id", "idempotency_key") where idempotency_key is not null',
    );
    await queryRunner.query(`create index "generations_open" on "generations" ("id") where status = 'created'`);
    await queryRunner.query('create index "generations_by_age" on "generations" ("created_at")');
    await queryRunner.query('alter table provider_traces alter column run_id drop not null');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('delete from provider_traces where run_id is null');
    await queryRunner.query('alter table provider_traces alter column run_id set not null');
    await queryRunner.query('drop table generations');
  }
}
