import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How long an agent's and an organisation's data are kept. */
export class Retention1765200000003 implements MigrationInterface {
  readonly name = 'Retention1765200000003';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table agents add column retention jsonb');
    await queryRunner.query('alter table organizations add column retention jsonb');
    await queryRunner.query('create index provider_traces_of_agent on provider_traces (agent_id, created_at)');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index provider_traces_of_agent');
    await queryRunner.query('alter table organizations drop column retention');
    await queryRunner.query('alter table agents drop column retention');
  }
}
