import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tools that were made of a document are known again when it comes in a newer version. */
export class RestDocuments1766200000001 implements MigrationInterface {
  readonly name = 'RestDocuments1766200000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table rest_tools add column document text, add column operation text');
    await queryRunner.query('create index "rest_tools_of_document" on "rest_tools" ("document") where document is not null');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table rest_tools drop column document, drop column operation');
  }
}
