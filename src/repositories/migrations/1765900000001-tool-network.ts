import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the code of a tool may reach, where it is less than the server allows. */
export class ToolNetwork1765900000001 implements MigrationInterface {
  readonly name = 'ToolNetwork1765900000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table tools add column network text');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table tools drop column network');
  }
}
