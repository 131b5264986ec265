import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long runs are held while their agents are paused: time that no budget counts. */
export class HeldTime1765000000002 implements MigrationInterface {
  readonly name = 'HeldTime1765000000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table runs add column held_at timestamptz(3), add column held_ms bigint not null default 0');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table runs drop column held_ms, drop column held_at');
  }
}
