import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Events that are reported to agents, and the calls that wait for them or for a time. */
export class AgentEvents1766500000000 implements MigrationInterface {
  readonly name = 'AgentEvents1766500000000';

  async up(queryRunner: QueryRunner): Promise<void> {
    for (const sql of up) await queryRunner.query(sql);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    for (const sql of down) await queryRunner.query(sql);
  }
}

const up = [
  'alter table tool_calls add column wakes_at timestamptz(3), add column waits_for text',
  `create index "tool_calls_waiting" on "tool_calls" ("waits_for") where status = 'started' and waits_for is not null`,
  `create table agent_events (
    id text not null,
    organization_id text not null,
    agent_id text not null,
    conversation_id text,
    name text not null,
    payload jsonb not null,
    key text,
    expires_at timestamptz(3) not null,
    taken_by text,
    taken_at timestamptz(3),
    created_at timestamptz(3) not null default now(),
    constraint "PK_agent_events" primary key ("id"),
    constraint "FK_cfd4c67ca0ed529f8fd7cd91bcb" foreign key ("agent_id") references "agents"("id") on delete cascade on update no action,
    constraint "FK_17dd156f3822d1b1238eb355e34" foreign key ("conversation_id") references "conversations"("id") on delete cascade on update no action
  )`,
  'create index "agent_events_waiting" on "agent_events" ("agent_id", "name", "created_at") where taken_by is null',
  'create unique index "agent_events_by_key" on "agent_events" ("agent_id", "key") where key is not null',
  'create index "agent_events_by_expiry" on "agent_events" ("expires_at")',
];

const down = [
  'drop table agent_events',
  'drop index tool_calls_waiting',
  'alter table tool_calls drop column waits_for, drop column wakes_at',
];
