import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What each version of a block came from, marks on versions, and which versions a model has seen. */
export class BlockHistory1765100000000 implements MigrationInterface {
  readonly name = 'BlockHistory1765100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `alter table block_versions add column action text not null default 'edit', add column restores integer, add column tool_return text`,
    );
    await queryRunner.query(`update block_versions set action = 'create' where version = 1`);
    await queryRunner.query('alter table conversations add column shown_versions jsonb');
    await queryRunner.query('alter table steps add column shown_versions jsonb');
    await queryRunner.query(`create table block_checkpoints (
      block_id text not null,
      version integer not null,
      name text,
      created_by_id text,
      created_at timestamptz(3) not null default now(),
      constraint "PK_block_checkpoints" primary key ("block_id", "version")
    )`);
    await queryRunner.query(
      'alter table "block_checkpoints" add constraint "FK_b4c0bb04c36a281d3768e18809d" foreign key ("block_id") references "blocks"("id") on delete cascade on update no action',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table block_checkpoints');
    await queryRunner.query('alter table steps drop column shown_versions');
    await queryRunner.query('alter table conversations drop column shown_versions');
    await queryRunner.query('alter table block_versions drop column action, drop column restores, drop column tool_return');
  }
}
