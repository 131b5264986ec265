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
     * do not take the same rest. What an earlier try of the same step had set aside is free again.
     */
    reserve: (call: ChargedCall, windowSeconds: number | null, decide: (total: Spent) => Charge | null): Promise<void> =>
      database.transaction(async transaction => {
        await transaction.query('select id from agents where id = $1 for no key update', [call.agentId]);
        await transaction.query('delete from model_charges where (step_id = $1 or ($1::text is null and run_id = $2)) and reserved', [
          call.stepId,
          call.runId,
        ]);
        const charge = decide(await spent(transaction, call, totalSql, [call.agentId, windowSeconds]));
        if (charge !== null) await insertCharge(transaction, call, charge, true);
      }),

    /** What counts against the agent's total now. */
    spentByAgent: (call: ChargedCall, windowSeconds: number | null): Promise<Spent> =>
      spent(database, call, totalSql, [call.agentId, windowSeconds]),

    /** What a call has used up, in the place of what was set aside for it. */
    charge: (call: ChargedCall, charge: Charge): Promise<void> => insertCharge(database, call, charge, false),
  };
}

export type BudgetsRepository = ReturnType<typeof createBudgetsRepository>;

const lastCallSql = `
select total_tokens from (
  select total_tokens, created_at from steps where run_id = $1 and status <> 'pending' order by number desc limit 1
) s where not exists (select from compactions k where k.run_id = $1 and k.created_at >= s.created_at)`;

/** What is set aside counts while its run goes on. */
const totalSql = `c.agent_id = $2 and ($3::float8 is null or c.created_at > now() - $3::float8 * interval '1 second')
  and (not c.reserved or exists (select from runs r where r.id = c.run_id and r.status = 'running'))`;

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
     on conflict (id) do update set tokens = excluded.tokens, cost_usd = excluded.cost_usd, reserved = excluded.reserved`,
    [call.id, call.agentId, call.runId, call.stepId, tokens, cost, reserved],
  );
}
