import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When a sleeping agent wakes, and since when an agent is in its state. */
export class Lifecycle1764200000001 implements MigrationInterface {
  readonly name = 'Lifecycle1764200000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`alter table agents add column wake_at timestamptz(3), add column wake_on_message boolean not null default false,
      add column lifecycle_changed_at timestamptz(3)`);
    await queryRunner.query(`create index "agents_asleep" on "agents" ("id") where lifecycle_state = 'sleeping'`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index agents_asleep');
    await queryRunner.query('alter table agents drop column wake_at, drop column wake_on_message, drop column lifecycle_changed_at');
  }
}
