import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The files of a folder by the names that they came with. */
export class FileOriginals1766300000001 implements MigrationInterface {
  readonly name = 'FileOriginals1766300000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create index "files_by_original" on "files" ("source_id", "original_file_name") where deleted_at is null');
    await queryRunner.query(`create index "files_hidden" on "files" ("deleted_at") where deleted_at is not null`);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index files_hidden');
    await queryRunner.query('drop index files_by_original');
  }
}
