import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Folders (V1's sources) with their files, the agents that have them, and passages that belong to a file instead of an archive. */
export class Folders1766300000000 implements MigrationInterface {
  readonly name = 'Folders1766300000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const sql of up) await queryRunner.query(sql);
    for (const { table, column, target, name } of references) {
      await queryRunner.query(
        `alter table "${table}" add constraint "${name}" foreign key ("${column}") references "${target}"("id") on delete cascade on update no action`,
      );
    }
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const sql of down) await queryRunner.query(sql);
  }
}

const up = [
  `create table sources (
    id text not null,
    organization_id text not null,
    name text not null,
    description text,
    instructions text,
    embedding_config jsonb not null,
    vector_db_provider text not null default 'native',
    metadata jsonb,
    deleted_at timestamptz(3),
    created_by_id text,
    last_updated_by_id text,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint "PK_sources" primary key ("id")
  )`,
  'create unique index "sources_name" on "sources" ("organization_id", "name") where deleted_at is null',
  'create index "sources_by_creation" on "sources" ("organization_id", "created_at", "id")',
  `create table files (
    id text not null,
    organization_id text not null,
    source_id text not null,
    file_name text not null,
    original_file_name text,
    file_path text,
    file_type text,
    file_size bigint,
    file_creation_date text,
    file_last_modified_date text,
    object_key text,
    sha256 text,
    processing_status text not null default 'pending',
    error_message text,
    total_chunks integer,
    chunks_embedded integer,
    line_count integer,
    char_count integer,
    deleted_at timestamptz(3),
    created_by_id text,
    last_updated_by_id text,
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint "PK_files" primary key ("id")
  )`,
  'create unique index "files_name" on "files" ("source_id", "file_name") where deleted_at is null',
  'create index "files_by_creation" on "files" ("source_id", "created_at", "id")',
  `create index "files_unfinished" on "files" ("id") where processing_status in ('pending', 'parsing', 'embedding') and deleted_at is null`,
  `create table file_contents (
    file_id text not null,
    part integer not null,
    first_line integer not null,
    line_count integer not null,
    text text not null,
    constraint "PK_file_contents" primary key ("file_id", "part")
  )`,
  `create table sources_agents (
    agent_id text not null,
    source_id text not null,
    created_at timestamptz(3) not null default now(),
    constraint "PK_sources_agents" primary key ("agent_id", "source_id")
  )`,
  'create index "sources_agents_by_source" on "sources_agents" ("source_id")',
  `create table files_agents (
    id text not null,
    agent_id text not null,
    file_id text not null,
    source_id text not null,
    file_name text not null,
    is_open boolean not null default false,
    visible_content text,
    start_line integer,
    end_line integer,
    last_accessed_at timestamptz(3) not null default now(),
    created_at timestamptz(3) not null default now(),
    updated_at timestamptz(3) not null default now(),
    constraint "PK_files_agents" primary key ("id")
  )`,
  'create unique index "files_agents_once" on "files_agents" ("agent_id", "file_id")',
  'create unique index "files_agents_name" on "files_agents" ("agent_id", "file_name")',
  'create index "files_agents_by_file" on "files_agents" ("file_id")',
  'create index "files_agents_by_source" on "files_agents" ("source_id")',
  `alter table passages alter column archive_id drop not null, add column source_id text, add column file_id text, add column chunk_index integer,
    add constraint passages_owner check ((archive_id is not null and source_id is null and file_id is null and chunk_index is null)
      or (archive_id is null and source_id is not null and file_id is not null and chunk_index is not null))`,
  'create index "passages_of_folder" on "passages" ("source_id", "created_at", "id") where source_id is not null',
  'create unique index "passages_of_file" on "passages" ("file_id", "chunk_index") where file_id is not null',
];

const references = [
  { table: 'sources', column: 'organization_id', target: 'organizations', name: 'FK_344fa4fb502cdfc5f32452465af' },
  { table: 'files', column: 'organization_id', target: 'organizations', name: 'FK_385dd167bc3fe894f301c7537bb' },
  { table: 'files', column: 'source_id', target: 'sources', name: 'FK_d3b2315b39bba0c541261120bb4' },
  { table: 'file_contents', column: 'file_id', target: 'files', name: 'FK_f56db5b438dffddab17036f4f47' },
  { table: 'sources_agents', column: 'agent_id', target: 'agents', name: 'FK_f8c4aa16a077091dae701b18040' },
  { table: 'sources_agents', column: 'source_id', target: 'sources', name: 'FK_987717b8a69bb4747e140da953f' },
  { table: 'files_agents', column: 'agent_id', target: 'agents', name: 'FK_446f9eda60d67cf141b51d7ca7e' },
  { table: 'files_agents', column: 'file_id', target: 'files', name: 'FK_a5d1c0e27cdab2a8976939c5d1e' },
  { table: 'files_agents', column: 'source_id', target: 'sources', name: 'FK_b2f431e6bf279aef5efb290c802' },
  { table: 'passages', column: 'source_id', target: 'sources', name: 'FK_afbe1b9fb15b93c1f70f99c691d' },
  { table: 'passages', column: 'file_id', target: 'files', name: 'FK_992f4866dc4b0294ffd24b8a846' },
];

const down = [
  'delete from passages where archive_id is null',
  'drop index passages_of_file',
  'drop index passages_of_folder',
  'alter table passages drop constraint passages_owner, drop column chunk_index, drop column file_id, drop column source_id, alter column archive_id set not null',
  'drop table files_agents',
  'drop table sources_agents',
  'drop table file_contents',
  'drop table files',
  'drop table sources',
];
