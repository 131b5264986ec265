import type { MigrationInterface, QueryRunner } from 'typeorm';

/** For what the end of each run, an answer, a budget and a rollback look up. */
export class Indexes1764800000000 implements MigrationInterface {
  readonly name = 'Indexes1764800000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('create index approval_requests_by_conversation on approval_requests (conversation_id, created_at)');
    await queryRunner.query('create index approval_requests_of_run on approval_requests (run_id)');
    await queryRunner.query('create index compactions_of_run on compactions (run_id)');
    await queryRunner.query('create index block_versions_of_step on block_versions (step_id) where step_id is not null');
    await queryRunner.query('create index passages_of_tool_call on passages (tool_call_id) where tool_call_id is not null');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index passages_of_tool_call');
    await queryRunner.query('drop index block_versions_of_step');
    await queryRunner.query('drop index compactions_of_run');
    await queryRunner.query('drop index approval_requests_of_run');
    await queryRunner.query('drop index approval_requests_by_conversation');
  }
}
