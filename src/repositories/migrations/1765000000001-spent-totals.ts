import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What agents have spent in all, so that nobody has to sum it up again for each call. */
export class SpentTotals1765000000001 implements MigrationInterface {
  readonly name = 'SpentTotals1765000000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table spent_totals (
      agent_id text not null,
      steps integer not null,
      tokens bigint not null,
      cost_usd numeric not null,
      unpriced bigint not null,
      constraint "PK_24f71f5c22a8480837668db3e79" primary key ("agent_id"),
      constraint "FK_24f71f5c22a8480837668db3e79" foreign key ("agent_id") references "agents"("id") on delete cascade on update no action
    )`);
    await queryRunner.query('alter table model_charges add column counted boolean not null default false');
    await queryRunner.query('create index "model_charges_uncounted" on "model_charges" ("agent_id") where not counted');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop index model_charges_uncounted');
    await queryRunner.query('alter table model_charges drop column counted');
    await queryRunner.query('drop table spent_totals');
  }
}
