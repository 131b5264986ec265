import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Long pieces of work that no run does. */
export class Jobs1765200000002 implements MigrationInterface {
  readonly name = 'Jobs1765200000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      create table jobs (
        id text not null,
        organization_id text not null,
        kind text not null,
        subject_id text not null,
        status text not null default 'created',
        cursor jsonb,
        total integer not null default 0,
        done integer not null default 0,
        report jsonb not null default '{}',
        error text,
        created_by_id text,
        created_at timestamptz(3) not null default now(),
        updated_at timestamptz(3) not null default now(),
        completed_at timestamptz(3),
        constraint "PK_cf0a6c42b72fcc7f7c237def345" primary key (id),
        constraint "FK_3d9a2080fffe3e2c3b72fd56df2" foreign key (organization_id) references organizations(id) on delete cascade on update no action
      )`);
    await queryRunner.query('create index jobs_by_creation on jobs (organization_id, created_at, id)');
    await queryRunner.query('create index jobs_of_subject on jobs (subject_id, kind, created_at)');
    await queryRunner.query('create unique index jobs_open on jobs (kind, subject_id) where completed_at is null');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table jobs');
  }
}
