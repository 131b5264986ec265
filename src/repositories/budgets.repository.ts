import type { Spent } from '../domain/budgets/allow-call.js';
import type { Database, TransactionalDatabase } from './database.js';
import { deriveId } from './derived-ids.js';

/** One model call, told apart from all others. */
export interface ChargedCall {
  readonly id: string;
  readonly agentId: string;
  readonly runId: string;
  /** Null for the call of a command. */
  readonly stepId: string | null;
}

export interface Charge {
  readonly tokens: number;
  /** USD; null = the model has no known price. */
  readonly cost: number | null;
}

export function chargeId(...key: readonly (string | number)[]): string {
  return deriveId('charge', ...key);
}

export function createBudgetsRepository(database: TransactionalDatabase) {
  return {
    /** `lastCall` = all tokens of the run's last step, which the next prompt holds again; 0 when there was none, or a compaction since. */
    async spentByRun(call: ChargedCall): Promise<{ readonly spent: Spent; readonly lastCall: number }> {
      const last = await database.query<{ total_tokens: number }>(lastCallSql, [call.runId]);
      return { spent: await spent(database, call, 'c.run_id = $2 and not c.reserved', [call.runId]), lastCall: last[0]?.total_tokens ?? 0 };
    },

    /**
     * Sets aside what a call may take of its agent's total, or nothing when `decide` says null: under a lock, so that calls of several conversations
     * do not take the same rest. What an earlier try of the same step had set aside is free again. Without a window what is new since the last such call is
     * added to a running sum, so that a call costs the same however much the agent has spent.
     */
    reserve: (call: ChargedCall, windowSeconds: number | null, decide: (total: Spent) => Charge | null): Promise<void> =>
      database.transaction(async transaction => {
        await transaction.query('select id from agents where id = $1 for no key update', [call.agentId]);
        const triesOfCall = [call.stepId, call.runId];
        if (windowSeconds === null) await transaction.query(freeAndCountSql, [...triesOfCall, call.agentId]);
        else await transaction.query(freeSql, triesOfCall);
        const charge = decide(await spentByAgent(transaction, call, windowSeconds));
        if (charge !== null) await insertCharge(transaction, call, charge, true);
      }),

    /** What counts against the agent's total now. */
    spentByAgent: (call: ChargedCall, windowSeconds: number | null): Promise<Spent> => spentByAgent(database, call, windowSeconds),

    /** What a call has used up, in the place of what was set aside for it. */
    charge: (call: ChargedCall, charge: Charge): Promise<void> => insertCharge(database, call, charge, false),
  };
}

export type BudgetsRepository = ReturnType<typeof createBudgetsRepository>;

const lastCallSql = `
select total_tokens from (
  select total_tokens, created_at from steps where run_id = $1 and status <> 'pending' order by number desc limit 1
) s where not exists (select from compactions k where k.run_id = $1 and k.created_at >= s.created_at)`;

/** What is set aside counts while its run, or its generation, goes on. */
const isSpent = `(not c.reserved or exists (select from runs r where r.id = c.run_id and r.status = 'running')
    or exists (select from generations g where g.id = c.run_id and g.status = 'created'))`;

const windowSql = `c.agent_id = $2 and c.created_at > now() - $3::float8 * interval '1 second' and ${isSpent}`;

const freeSql = 'delete from model_charges where (step_id = $1 or ($1::text is null and run_id = $2)) and reserved';

/** Tries of one step are several charges and one step, whenever they are counted. Under the lock of the agent's row. */
const freeAndCountSql = `
with freed as (
  ${freeSql}
), fresh as (
  update model_charges c set counted = true where c.agent_id = $3 and not c.counted and not c.reserved returning c.step_id, c.tokens, c.cost_usd
)
insert into spent_totals as t (agent_id, steps, tokens, cost_usd, unpriced)
select $3, count(distinct step_id) filter (where not exists (select from model_charges k where k.step_id = fresh.step_id and k.counted)),
       sum(tokens), coalesce(sum(cost_usd), 0), coalesce(sum(tokens) filter (where cost_usd is null), 0)
  from fresh having count(*) > 0
on conflict (agent_id) do update set steps = t.steps + excluded.steps, tokens = t.tokens + excluded.tokens,
       cost_usd = t.cost_usd + excluded.cost_usd, unpriced = t.unpriced + excluded.unpriced`;

/** The running sum, and what is not in it yet. A step that is counted already is not another one. */
const totalSql = `
select coalesce(t.tokens, 0)::float8 + coalesce(u.tokens, 0)::float8 as tokens, coalesce(t.cost_usd, 0)::float8 + coalesce(u.cost, 0)::float8 as cost,
       coalesce(t.unpriced, 0)::float8 + coalesce(u.unpriced, 0)::float8 as unpriced,
       coalesce(t.steps, 0) - (exists (select from model_charges k where k.step_id = $2 and k.counted))::int + u.steps as steps
  from (
    select sum(c.tokens) as tokens, sum(c.cost_usd) as cost, sum(c.tokens) filter (where c.cost_usd is null) as unpriced,
           (count(distinct c.step_id) filter (where c.step_id is distinct from $2::text
              and not exists (select from model_charges k where k.step_id = c.step_id and k.counted)))::int as steps
      from model_charges c where c.agent_id = $1 and not c.counted and ${isSpent}
  ) u left join spent_totals t on t.agent_id = $1`;

async function spentByAgent(database: Database, call: ChargedCall, windowSeconds: number | null): Promise<Spent> {
  if (windowSeconds !== null) return spent(database, call, windowSql, [call.agentId, windowSeconds]);
  const rows = await database.query<Spent>(totalSql, [call.agentId, call.stepId]);
  return rows[0] ?? { steps: 0, tokens: 0, cost: 0, unpriced: 0 };
}

async function spent(database: Database, call: ChargedCall, condition: string, parameters: readonly unknown[]): Promise<Spent> {
  const rows = await database.query<Spent>(
    `select coalesce(sum(c.tokens), 0)::float8 as tokens, coalesce(sum(c.cost_usd), 0)::float8 as cost,
            coalesce(sum(c.tokens) filter (where c.cost_usd is null), 0)::float8 as unpriced,
            (count(distinct c.step_id) filter (where c.step_id is distinct from $1::text))::int as steps
       from model_charges c where ${condition}`,
    [call.stepId, ...parameters],
  );
  return rows[0] ?? { steps: 0, tokens: 0, cost: 0, unpriced: 0 };
}

async function insertCharge(database: Database, call: ChargedCall, { tokens, cost }: Charge, reserved: boolean): Promise<void> {
  await database.query(
    `insert into model_charges (id, agent_id, run_id, step_id, tokens, cost_usd, reserved) values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (id) do update set tokens = excluded.tokens, cost_usd = excluded.cost_usd, reserved = excluded.reserved
      where not model_charges.counted`,
    [call.id, call.agentId, call.runId, call.stepId, tokens, cost, reserved],
  );
}
