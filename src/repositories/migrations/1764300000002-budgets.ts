import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What model calls have used up and cost, and how much an agent's may. */
export class Budgets1764300000002 implements MigrationInterface {
  readonly name = 'Budgets1764300000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table model_charges (
      id text not null,
      agent_id text not null,
      run_id text,
      step_id text,
      tokens integer not null,
      cost_usd numeric,
      reserved boolean not null default false,
      created_at timestamptz(3) not null default now(),
      constraint "PK_537883cd3db112ea23905433da7" primary key ("id")
    )`);
    await queryRunner.query('create index "model_charges_of_agent" on "model_charges" ("agent_id", "created_at")');
    await queryRunner.query('create index "model_charges_of_run" on "model_charges" ("run_id")');
    await queryRunner.query('create index "model_charges_of_step" on "model_charges" ("step_id")');
    await queryRunner.query(
      'alter table "model_charges" add constraint "FK_7ab0e8b007bcee6321f0bdc28ca" foreign key ("agent_id") references "agents"("id") on delete cascade on update no action',
    );
    await queryRunner.query('alter table steps add column cost_usd numeric');
    await queryRunner.query('alter table agents add column budget jsonb');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('alter table agents drop column budget');
    await queryRunner.query('alter table steps drop column cost_usd');
    await queryRunner.query('drop table model_charges');
  }
}
