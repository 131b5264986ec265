import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Points that a store refuses wait behind the others, and stores in use are compared with the record now and then. */
export class RefusedVectors1765730000000 implements MigrationInterface {
  readonly name = 'RefusedVectors1765730000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table vector_changes add column refusal text, add column waits_until timestamptz(3)');
    await queryRunner.query('create index "vector_changes_refused" on "vector_changes" ("store") where refusal is not null');
    await queryRunner.query('alter table vector_indexes add column compared_at timestamptz(3)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table vector_indexes drop column compared_at');
    await queryRunner.query('drop index vector_changes_refused');
    await queryRunner.query('alter table vector_changes drop column refusal, drop column waits_until');
  }
}
