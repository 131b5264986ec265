import type { Database, TransactionalDatabase } from '../src/repositories/database.js';

export interface SeedPlace {
  readonly agentId: string;
  readonly conversationId: string;
  /** How many messages the agent shall have. */
  readonly upTo: number;
}

const tables = ['messages', 'runs', 'steps'];
const messagesOfRun = 10;

/** Gives an agent as many messages in recall memory: ten for each run, which has one step, like those that there are. Indexes are made anew behind it. */
export async function seedMessages(database: TransactionalDatabase, place: SeedPlace): Promise<void> {
  await database.transaction(async transaction => {
    await transaction.query('set local statement_timeout = 0');
    await transaction.query('set local maintenance_work_mem = 262144');
    // Neither foreign keys nor the counting of messages: what is written fits, and the count is set below.
    await transaction.query('set local session_replication_role = replica');
    const definitions = await dropIndexes(transaction);
    await transaction.query(runsSql, [place.agentId, place.conversationId, place.upTo, messagesOfRun]);
    for (const definition of definitions) await transaction.query(definition);
  });
  for (const table of tables) await database.query(`vacuum analyze ${table}`);
}

async function dropIndexes(database: Database): Promise<readonly string[]> {
  const indexes = await database.query<{ name: string; definition: string }>(
    `select indexname as name, indexdef as definition from pg_indexes
      where schemaname = 'public' and tablename = any($1) and indexname not in (select conname from pg_constraint)`,
    [tables],
  );
  for (const { name } of indexes) await database.query(`drop index "${name}"`);
  return indexes.map(({ definition }) => definition);
}

/** Words of which few come often and many seldom. */
const runsSql = `
with sample as (
  select r.id as run_id, s.id as step_id from runs r join steps s on s.run_id = r.id where r.agent_id = $1 and r.status = 'completed' order by r.accept_no limit 1
), wanted as (
  select greatest(0, ($3::bigint - message_count) / $4::int) as runs, last_accept_no as base from conversations where id = $2
), lane as (
  update conversations c set last_accept_no = last_accept_no + wanted.runs, message_count = message_count + wanted.runs * $4::int from wanted where c.id = $2
), run as (
  insert into runs select (jsonb_populate_record(null::runs, to_jsonb(r) || jsonb_build_object('id', 'run-' || gen_random_uuid(), 'accept_no', wanted.base + k,
           'queue_order', wanted.base + k, 'otid', null, 'idempotency_key', null, 'created_at', clock_timestamp()))).*
    from sample join runs r on r.id = sample.run_id, wanted, generate_series(1, wanted.runs) as k
  returning id, organization_id
), step as (
  insert into steps select (jsonb_populate_record(null::steps, to_jsonb(s) || jsonb_build_object('id', 'step-' || gen_random_uuid(), 'run_id', run.id, 'created_at', clock_timestamp()))).*
    from sample join steps s on s.id = sample.step_id, run
  returning id, run_id, organization_id
), texts as (
  select step.*, n, (select string_agg('w' || (20000 * power(random(), 3))::int, ' ') from generate_series(1, 12) where step.id <> '' and n > 0) as text
    from step, generate_series(1, $4::int) as n
)
insert into messages (id, organization_id, agent_id, conversation_id, role, content, model, run_id, step_id, search_text)
select 'message-' || gen_random_uuid(), organization_id, $1, $2, case n % 2 when 1 then 'user' else 'assistant' end,
       jsonb_build_array(jsonb_build_object('type', 'text', 'text', text)), 'mock-model', run_id, case n % 2 when 0 then id end, text
  from texts`;
