import type { MigrationInterface, QueryRunner } from 'typeorm';

/** When each model call began and how long it took. */
export class Measurements1764300000000 implements MigrationInterface {
  readonly name = 'Measurements1764300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table model_responses add column requested_at timestamptz(3), add column request_ns bigint');
    await queryRunner.query('alter table steps add column model_requested_at timestamptz(3)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table steps drop column model_requested_at');
    await queryRunner.query('alter table model_responses drop column requested_at, drop column request_ns');
  }
}
