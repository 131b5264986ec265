import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Passages are deleted by the time since they were inserted. */
export class PassagesByAge1765710000001 implements MigrationInterface {
  readonly name = 'PassagesByAge1765710000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create index passages_by_age on passages (archive_id, updated_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index passages_by_age');
  }
}
