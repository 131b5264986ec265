import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tools that are requests to other servers. */
export class RestTools1766200000000 implements MigrationInterface {
  readonly name = 'RestTools1766200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table rest_tools (
      tool_id text not null,
      definition jsonb not null,
      sealed_auth text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint "PK_0c99724ff8fcc4ee00473c82f56" primary key ("tool_id")
    )`);
    await queryRunner.query(
      'alter table "rest_tools" add constraint "FK_0c99724ff8fcc4ee00473c82f56" foreign key ("tool_id") references "tools"("id") on delete cascade on update no action',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table rest_tools');
  }
}
