import type { ToolReturn } from '../domain/messages/content.js';
import type { CallableTool } from '../domain/tools/trial-call.js';
import type { TrialCall, TrialRequest, TrialResult } from '../domain/tools/tool-trial.js';
import type { ToolUndo } from '../domain/tools/tool-undo.js';
import type { Database, TransactionalDatabase } from './database.js';

/** One that has begun: its trial has the same id. */
export interface RunningCompensation {
  readonly id: string;
  readonly call: TrialCall;
  /** Null while its trial is open. */
  readonly result: TrialResult | null;
}

export interface WaitingCompensation {
  readonly id: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly undo: ToolUndo;
  /** Of the call that is undone, as JSON. */
  readonly arguments: string;
  readonly result: ToolReturn;
  /** Null when there is no tool of the name any more. */
  readonly tool: (CallableTool & { readonly id: string }) | null;
}

/** Whose compensations are due: of runs that have ended so that they are to be undone. */
const isDue = `(r.status = 'cancelled' or r.metadata ? 'rollback')`;
const isOpen = `c.status in ('waiting', 'running')`;
/** Younger ones are left to those who have just ended their runs, in seconds. */
const graceSeconds = 2;

/** The undoing of tool calls: the rows are planned when their run ends, and worked off last call first. */
export function createCompensationsRepository(database: TransactionalDatabase) {
  return {
    /** Before a run ends as cancelled. */
    planForCancel: (runId: string): Promise<void> => planCompensations(database, runId, 'cancel'),

    async hasOpen(runId: string): Promise<boolean> {
      const rows = await database.query(`select from compensations c where c.run_id = $1 and ${isOpen} limit 1`, [runId]);
      return rows.length > 0;
    },

    /** Runs that have open ones, by id, after `after`. */
    async listDue(after: string, limit: number): Promise<string[]> {
      const rows = await database.query<{ id: string }>(
        `select r.id from runs r where r.id > $1 and ${isDue} and r.completed_at < now() - interval '${graceSeconds} seconds'
            and exists (select from compensations c where c.run_id = r.id and ${isOpen})
          order by r.id limit $2`,
        [after, limit],
      );
      return rows.map(row => row.id);
    },

    async running(runId: string): Promise<RunningCompensation | null> {
      const rows = await database.query<RunningCompensation>(
        `select c.id, t.request -> 'call' as call, t.result from compensations c join tool_trials t on t.id = c.id
          where c.run_id = $1 and c.status = 'running'`,
        [runId],
      );
      return rows[0] ?? null;
    },

    /** The next one, last call first. */
    async nextWaiting(runId: string): Promise<WaitingCompensation | null> {
      const rows = await database.query<WaitingCompensation>(nextWaitingSql, [runId]);
      return rows[0] ?? null;
    },

    /** One row of `tool_trials` under the compensation's id: its workflow is that of every call outside of runs. */
    start: ({ id, organizationId, agentId }: WaitingCompensation, toolId: string, request: TrialRequest): Promise<void> =>
      database.transaction(async transaction => {
        await transaction.query(
          `insert into tool_trials (id, organization_id, agent_id, tool_id, scope, request, request_hash) values ($1, $2, $3, $4, $1, $5, $1)
           on conflict (id) do nothing`,
          [id, organizationId, agentId, toolId, JSON.stringify(request)],
        );
        await transaction.query(`update compensations set status = 'running' where id = $1 and status = 'waiting'`, [id]);
      }),

    /** Notes the end of one, and shows all of them on the run. */
    end: (runId: string, id: string, error: string | null): Promise<void> =>
      database.transaction(async transaction => {
        await transaction.query(
          `update compensations c set status = case when $2::text is null then 'done' else 'failed' end, error = $2, ended_at = now() where id = $1 and ${isOpen}`,
          [id, error],
        );
        await transaction.query(showSql, [runId]);
      }),
  };
}

export type CompensationsRepository = ReturnType<typeof createCompensationsRepository>;

/** Plans the undoing of the calls of a run's own steps that have gone well: all that can be undone, or those whose undoing a cancel asks for too. */
export async function planCompensations(database: Database, runId: string, because: 'rollback' | 'cancel'): Promise<void> {
  await database.query(
    `insert into compensations (id, run_id, call_id, called_at, undo)
     select tc.id || '/undo', tc.run_id, tc.id, tc.started_at, t.undo
       from tool_calls tc join tools t on t.id = tc.tool_id
      where tc.run_id = $1 and tc.status = 'finished' and tc.result ->> 'status' = 'success' and tc.step_id in (select id from steps where run_id = $1)
        and t.undo is not null and ($2 or (t.undo -> 'onCancel')::boolean)
     on conflict (id) do nothing`,
    [runId, because === 'rollback'],
  );
}

const nextWaitingSql = `
select c.id, r.organization_id as "organizationId", r.agent_id as "agentId", c.undo, tc.result,
       (select mr.response -> 'toolCalls' -> split_part(tc.id, '/', 6)::int ->> 'arguments' from model_responses mr
         where mr.step_id = tc.step_id order by mr.ordinal desc limit 1) as arguments,
       (select jsonb_build_object('id', t.id, 'name', t.name, 'toolType', t.tool_type, 'sourceType', t.source_type, 'retryClass', t.retry_class, 'timeoutMs', t.timeout_ms)
          from tools t where t.organization_id = r.organization_id and t.name = c.undo ->> 'toolName') as tool
  from compensations c join runs r on r.id = c.run_id join tool_calls tc on tc.id = c.call_id
 where c.run_id = $1 and c.status = 'waiting' and ${isDue}
 order by c.called_at desc, c.call_id desc limit 1`;

const showSql = `
update runs set metadata = metadata || jsonb_build_object('compensations', (
  select jsonb_agg(jsonb_build_object('tool_call', c.call_id, 'tool_name', c.undo -> 'toolName', 'status', c.status, 'error', c.error) order by c.called_at desc, c.call_id desc)
    from compensations c where c.run_id = runs.id))
 where id = $1`;
