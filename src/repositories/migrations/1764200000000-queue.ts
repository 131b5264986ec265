import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Order of a queue, and runs that interrupt others. */
export class Queue1764200000000 implements MigrationInterface {
  readonly name = 'Queue1764200000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`alter table runs add column queue_order bigint, add column interrupts_run_id text,
      add column undoes_interrupted boolean not null default false`);
    await queryRunner.query('update runs set queue_order = accept_no');
    await queryRunner.query('alter table runs alter column queue_order set not null');
    await queryRunner.query('drop index runs_open');
    await queryRunner.query(
      `create index "runs_open" on "runs" ("conversation_id", "queue_order", "accept_no") where status in ('created', 'running')`,
    );
    await queryRunner.query(`create index "runs_interrupting" on "runs" ("interrupts_run_id") where interrupts_run_id is not null`);
    await queryRunner.query('alter table agents alter column on_busy drop not null, alter column on_busy drop default');
    // Nobody could choose a policy before.
    await queryRunner.query('update agents set on_busy = null');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`update agents set on_busy = 'enqueue'`);
    await queryRunner.query(`alter table agents alter column on_busy set not null, alter column on_busy set default 'enqueue'`);
    await queryRunner.query('drop index runs_interrupting');
    await queryRunner.query('drop index runs_open');
    await queryRunner.query(`create index "runs_open" on "runs" ("conversation_id", "accept_no") where status in ('created', 'running')`);
    await queryRunner.query('alter table runs drop column queue_order, drop column interrupts_run_id, drop column undoes_interrupted');
  }
}
