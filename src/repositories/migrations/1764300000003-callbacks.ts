import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which callbacks have yet to be delivered. */
export class Callbacks1764300000003 implements MigrationInterface {
  readonly name = 'Callbacks1764300000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table runs add column callback_settled_at timestamptz(3)');
    await queryRunner.query(
      'create index "runs_callbacks_due" on "runs" ("id") where callback_url is not null and callback_settled_at is null and completed_at is not null',
    );
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index runs_callbacks_due');
    await queryRunner.query('alter table runs drop column callback_settled_at');
  }
}
