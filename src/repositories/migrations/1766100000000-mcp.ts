import type { MigrationInterface, QueryRunner } from 'typeorm';

/** MCP servers, which tool is which of theirs, and who has signed in to them. */
export class Mcp1766100000000 implements MigrationInterface {
  readonly name = 'Mcp1766100000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`create table mcp_servers (
      id text not null,
      organization_id text not null,
      server_name text not null,
      server_type text not null,
      server_url text,
      auth_header text,
      token text,
      custom_headers text,
      command text,
      args jsonb,
      env text,
      tool_prefix text,
      synced_at timestamptz(3),
      sync_error text,
      sync_warnings text[] not null default '{}',
      created_by_id text,
      last_updated_by_id text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint "PK_mcp_servers" primary key ("id")
    )`);
    await queryRunner.query('create unique index "mcp_servers_name" on "mcp_servers" ("organization_id", "server_name")');
    await queryRunner.query(`create table mcp_tools (
      tool_id text not null,
      mcp_server_id text not null,
      mcp_name text not null,
      created_at timestamptz(3) not null default now(),
      constraint "PK_mcp_tools" primary key ("tool_id")
    )`);
    await queryRunner.query('create unique index "mcp_tools_name" on "mcp_tools" ("mcp_server_id", "mcp_name")');
    await queryRunner.query(`create table mcp_oauth (
      id text not null,
      organization_id text not null,
      user_id text,
      mcp_server_id text,
      server_url text not null,
      server_name text not null,
      state text not null,
      status text not null,
      redirect_uri text not null,
      authorization_url text,
      code_verifier text,
      client_information text,
      discovery jsonb,
      tokens text,
      expires_at timestamptz(3),
      error text,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      constraint "PK_mcp_oauth" primary key ("id")
    )`);
    await queryRunner.query('create unique index "mcp_oauth_state" on "mcp_oauth" ("state")');
    await queryRunner.query('create index "mcp_oauth_by_server" on "mcp_oauth" ("mcp_server_id")');
    await queryRunner.query('create index "mcp_oauth_by_url" on "mcp_oauth" ("organization_id", "server_url")');
    for (const { table, constraint, column, target } of references) {
      await queryRunner.query(
        `alter table "${table}" add constraint "${constraint}" foreign key ("${column}") references "${target}"("id") on delete cascade on update no action`,
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of ['mcp_oauth', 'mcp_tools', 'mcp_servers']) await queryRunner.query(`drop table ${table}`);
  }
}

const references = [
  { table: 'mcp_servers', constraint: 'FK_e903bbf1757a48381e58115bd41', column: 'organization_id', target: 'organizations' },
  { table: 'mcp_tools', constraint: 'FK_5d35728e474a7363739279f7df1', column: 'tool_id', target: 'tools' },
  { table: 'mcp_tools', constraint: 'FK_c553ae19e59d6f791299e5adeb4', column: 'mcp_server_id', target: 'mcp_servers' },
  { table: 'mcp_oauth', constraint: 'FK_f7ea500fe8771260381a03646a6', column: 'organization_id', target: 'organizations' },
  { table: 'mcp_oauth', constraint: 'FK_46b3e8946a30a48788803ad984e', column: 'mcp_server_id', target: 'mcp_servers' },
] as const;
