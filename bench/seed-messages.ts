import type { Database } from '../src/repositories/database.js';

export interface SeedPlace {
  readonly agentId: string;
  readonly conversationId: string;
  /** How many messages the agent shall have. */
  readonly upTo: number;
}

const batch = 20_000;

/** Gives an agent as many messages in recall memory: turns of a user's and an assistant's, each of a run and a step like those that there are. */
export async function seedMessages(database: Database, { agentId, conversationId, upTo }: SeedPlace): Promise<void> {
  const count = async (): Promise<number> => {
    const rows = await database.query<{ n: number }>('select message_count::int as n from conversations where id = $1', [conversationId]);
    return rows[0]?.n ?? 0;
  };
  for (let missing = upTo - (await count()); missing > 1; missing = upTo - (await count())) {
    await database.query(turnsSql, [agentId, conversationId, Math.floor(Math.min(batch, missing) / 2)]);
  }
  for (const table of ['messages', 'runs', 'steps']) await database.query(`vacuum analyze ${table}`);
}

/** Words of which few come often and many seldom. */
const turnsSql = `
with sample as (
  select r.id as run_id, s.id as step_id from runs r join steps s on s.run_id = r.id where r.agent_id = $1 and r.status = 'completed' order by r.accept_no limit 1
), lane as (
  update conversations set last_accept_no = last_accept_no + $3::int where id = $2 returning last_accept_no - $3::int as base
), run as (
  insert into runs select (jsonb_populate_record(null::runs, to_jsonb(r) || jsonb_build_object('id', 'run-' || gen_random_uuid(), 'accept_no', lane.base + k,
           'queue_order', lane.base + k, 'otid', null, 'idempotency_key', null, 'created_at', clock_timestamp()))).*
    from sample join runs r on r.id = sample.run_id, lane, generate_series(1, $3::int) as k
  returning id, organization_id
), step as (
  insert into steps select (jsonb_populate_record(null::steps, to_jsonb(s) || jsonb_build_object('id', 'step-' || gen_random_uuid(), 'run_id', run.id, 'created_at', clock_timestamp()))).*
    from sample join steps s on s.id = sample.step_id, run
  returning id, run_id, organization_id
), texts as (
  select step.*, turn.role, (select string_agg('w' || (20000 * power(random(), 3))::int, ' ') from generate_series(1, 12) where step.id <> '') as text
    from step, (values ('user'), ('assistant')) as turn (role)
)
insert into messages (id, organization_id, agent_id, conversation_id, role, content, model, run_id, step_id, search_text)
select 'message-' || gen_random_uuid(), organization_id, $1, $2, role, jsonb_build_array(jsonb_build_object('type', 'text', 'text', text)), 'mock-model', run_id,
       case when role = 'assistant' then id end, text
  from texts`;
