import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How what a tool did is undone, and the undoing of the calls of runs. */
export class Compensations1766500000001 implements MigrationInterface {
  readonly name = 'Compensations1766500000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const sql of up) await queryRunner.query(sql);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const sql of down) await queryRunner.query(sql);
  }
}

const up = [
  'alter table tools add column undo jsonb',
  `create table compensations (
    id text not null,
    run_id text not null,
    call_id text not null,
    called_at timestamptz(3) not null,
    undo jsonb not null,
    status text not null default 'waiting',
    error text,
    created_at timestamptz(3) not null default now(),
    ended_at timestamptz(3),
    constraint "PK_compensations" primary key ("id"),
    constraint "FK_95d08174a9f4db677d3a2fa3d91" foreign key ("run_id") references "runs"("id") on delete cascade on update no action
  )`,
  'create index "compensations_of_run" on "compensations" ("run_id", "called_at")',
  `create index "compensations_open" on "compensations" ("run_id") where status in ('waiting', 'running')`,
];

const down = ['drop table compensations', 'alter table tools drop column undo'];
