import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Model calls as they were on the wire. */
export class ProviderTraces1764300000001 implements MigrationInterface {
  readonly name = 'ProviderTraces1764300000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table provider_traces (
      id text not null,
      organization_id text not null,
      run_id text not null,
      step_id text,
      agent_id text not null,
      call_type text not null,
      request json not null,
      response json not null,
      created_at timestamptz(3) not null default now(),
      constraint "PK_84b8c84fe7335a7e45cfe7b9985" primary key ("id")
    )`);
    await queryRunner.query('create index "provider_traces_of_run" on "provider_traces" ("run_id", "created_at")');
    await queryRunner.query('create index "provider_traces_by_age" on "provider_traces" ("created_at")');
    await queryRunner.query(
      'alter table "provider_traces" add constraint "FK_18354665d8f8bf454b449ac9d83" foreign key ("run_id") references "runs"("id") on delete cascade on update no action',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table provider_traces');
  }
}
