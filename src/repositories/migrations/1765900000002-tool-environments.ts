import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What the code of tools finds in its environment: secrets of agents, and variables of an organisation's sandboxes. */
export class ToolEnvironments1765900000002 implements MigrationInterface {
  readonly name = 'ToolEnvironments1765900000002';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table agent_variables (
      id text not null,
      agent_id text not null,
      key text not null,
      sealed_value text not null,
      description text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint "PK_ce90b728fb614ca70ccbc249bc5" primary key ("id"),
      constraint "FK_f6d37eaabcad161172388cf9063" foreign key ("agent_id") references "agents"("id") on delete cascade on update no action
    )`);
    await queryRunner.query('create unique index "agent_variables_key" on "agent_variables" ("agent_id", "key")');
    await queryRunner.query(`create table sandbox_configs (
      id text not null,
      organization_id text not null,
      type text not null,
      config jsonb not null,
      created_by_id text,
      last_updated_by_id text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint "PK_e2b0df851bd8f1f42dac55088e8" primary key ("id"),
      constraint "FK_ce7ff185798a1ebad5f88e07d23" foreign key ("organization_id") references "organizations"("id") on delete cascade on update no action
    )`);
    await queryRunner.query('create unique index "sandbox_configs_type" on "sandbox_configs" ("organization_id", "type")');
    await queryRunner.query(`create table sandbox_variables (
      id text not null,
      sandbox_config_id text not null,
      key text not null,
      sealed_value text not null,
      description text,
      created_by_id text,
      last_updated_by_id text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint "PK_166908027886c51e675994657cf" primary key ("id"),
      constraint "FK_edb83fc2252ff2b83e9334b48d3" foreign key ("sandbox_config_id") references "sandbox_configs"("id") on delete cascade on update no action
    )`);
    await queryRunner.query('create unique index "sandbox_variables_key" on "sandbox_variables" ("sandbox_config_id", "key")');
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('drop table sandbox_variables, sandbox_configs, agent_variables');
  }
}
