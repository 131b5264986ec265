import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who agents and blocks belong to: V1's identities. */
export class Identities1765100000001 implements MigrationInterface {
  readonly name = 'Identities1765100000001';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table identities (
      id text not null,
      organization_id text not null,
      identifier_key text not null,
      name text not null,
      identity_type text not null,
      project_id text,
      properties jsonb not null default '[]',
      created_by_id text,
      last_updated_by_id text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint "PK_identities" primary key ("id")
    )`);
    await queryRunner.query(
      `create unique index "identities_key" on "identities" ("organization_id", "identifier_key", coalesce("project_id", ''))`,
    );
    await queryRunner.query('create index "identities_by_creation" on "identities" ("organization_id", "created_at", "id")');
    await queryRunner.query(
      'alter table "identities" add constraint "FK_d6e0200469873a082cd1c5e14b1" foreign key ("organization_id") references "organizations"("id") on delete cascade on update no action',
    );
    for (const { table, target, toIdentity, toTarget } of links) {
      const column = `${target}_id`;
      await queryRunner.query(`create table ${table} (
        identity_id text not null,
        ${column} text not null,
        created_at timestamptz(3) not null default now(),
        constraint "PK_${table}" primary key ("identity_id", "${column}")
      )`);
      await queryRunner.query(`create index "${table}_by_${target}" on "${table}" ("${column}")`);
      await queryRunner.query(
        `alter table "${table}" add constraint "${toIdentity}" foreign key ("identity_id") references "identities"("id") on delete cascade on update no action`,
      );
      await queryRunner.query(
        `alter table "${table}" add constraint "${toTarget}" foreign key ("${column}") references "${target}s"("id") on delete cascade on update no action`,
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const { table } of links) await queryRunner.query(`drop table ${table}`);
    await queryRunner.query('drop table identities');
  }
}

const links = [
  {
    table: 'identities_agents',
    target: 'agent',
    toIdentity: 'FK_a2656a9b8aa2413e1a5b878a6e9',
    toTarget: 'FK_3c353593bd9e3c945c7b66c1421',
  },
  {
    table: 'identities_blocks',
    target: 'block',
    toIdentity: 'FK_09afd1de8640c4f1f48cf0222a2',
    toTarget: 'FK_32b860c0dc1262b860959b6118e',
  },
] as const;
