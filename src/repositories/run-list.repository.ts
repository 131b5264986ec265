import type { Database } from './database.js';
import type { RunStatus, StopReason } from '../domain/agent-loop/stop-reason.js';
import type { RunUsage } from '../domain/runs/run-event.js';
import type { RequestConfig } from '../domain/runs/run-request.js';
import { requireCursors } from './page-cursors.js';
import { runConditions } from './run-filter.js';
import type { RunFilter } from './run-filter.js';
import { epochNs, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

/** A run as the API shows it. */
export interface RunRecord {
  readonly id: string;
  readonly agentId: string;
  readonly agentType: string;
  readonly conversationId: string;
  readonly isDefaultConversation: boolean;
  readonly status: RunStatus;
  readonly stopReason: StopReason | null;
  readonly background: boolean;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly requestConfig: RequestConfig | null;
  readonly baseTemplateId: string | null;
  readonly callbackUrl: string | null;
  readonly callbackSentAt: Date | null;
  readonly callbackStatusCode: number | null;
  readonly callbackError: string | null;
  /** USD. */
  readonly cost: number | null;
  readonly ttftNs: string | null;
  readonly totalDurationNs: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly completedAt: Date | null;
}

/** What was measured of a run; null = not (yet). Times and spans in ns, as text. */
export interface RunMetricsRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly projectId: string | null;
  readonly templateId: string | null;
  readonly baseTemplateId: string | null;
  readonly runStartNs: string | null;
  readonly runNs: string | null;
  readonly numSteps: number;
  /** Ids of tools. */
  readonly toolsUsed: readonly string[];
}

export type RunOrder = 'created_at' | 'total_duration_ns';
/** What has to be known of a run to stop it. */
export interface OpenRun {
  readonly runId: string;
  readonly agentId: string;
  readonly conversationId: string;
  readonly isRunning: boolean;
}

export type RunScope = Pick<RunFilter, 'organizationId' | 'agentIds' | 'conversationId' | 'ids' | 'mcpRequest'>;

export const openStatuses: readonly RunStatus[] = ['created', 'running'];

const columns = `r.id, r.agent_id as "agentId", a.agent_type as "agentType", r.conversation_id as "conversationId", c.is_default as "isDefaultConversation",
  r.status, r.stop_reason as "stopReason", r.background, r.metadata, r.request_config as "requestConfig", r.base_template_id as "baseTemplateId",
  r.callback_url as "callbackUrl", r.callback_sent_at as "callbackSentAt", r.callback_status_code as "callbackStatusCode", r.callback_error as "callbackError",
  (${costSql('r.id')}) as cost, r.ttft_ns as "ttftNs", r.total_duration_ns as "totalDurationNs", r.created_at as "createdAt", r.updated_at as "updatedAt", r.completed_at as "completedAt"`;
const from = 'runs r join agents a on a.id = r.agent_id join conversations c on c.id = r.conversation_id';

export function createRunListRepository(database: Database) {
  return {
    async list(filter: RunFilter, page: KeysetPage, order: RunOrder = 'created_at'): Promise<RunRecord[]> {
      await requireCursors(database, { name: 'runs', noun: 'Run' }, { organization_id: filter.organizationId }, page);
      const conditions = runConditions(filter);
      const tail = keyset(conditions, page, { name: 'runs', alias: 'r', column: order, least: '-1' });
      return database.query<RunRecord>(`select ${columns} from ${from} ${tail}`, conditions.parameters);
    },

    /** All of the scope that have not ended. */
    openRuns: (scope: RunScope): Promise<OpenRun[]> => {
      const conditions = runConditions({ ...scope, statuses: openStatuses });
      return database.query<OpenRun>(
        `select r.id as "runId", r.agent_id as "agentId", r.conversation_id as "conversationId", r.status = 'running' as "isRunning"
           from ${from} where ${conditions.sql}`,
        conditions.parameters,
      );
    },

    /** Ids of the scope. */
    async ids(scope: RunScope): Promise<string[]> {
      const conditions = runConditions(scope);
      const rows = await database.query<{ id: string }>(`select r.id from ${from} where ${conditions.sql}`, conditions.parameters);
      return rows.map(row => row.id);
    },

    async find(organizationId: string, id: string): Promise<RunRecord | null> {
      const rows = await database.query<RunRecord>(`select ${columns} from ${from} where r.organization_id = $1 and r.id = $2`, [
        organizationId,
        id,
      ]);
      return rows[0] ?? null;
    },

    async metrics(organizationId: string, id: string): Promise<RunMetricsRecord | null> {
      const rows = await database.query<RunMetricsRecord>(
        `select r.id, r.organization_id as "organizationId", r.agent_id as "agentId", a.project_id as "projectId", a.template_id as "templateId",
                coalesce(r.base_template_id, a.base_template_id) as "baseTemplateId", ${epochNs('r.started_at')} as "runStartNs",
                ${epochNs('r.completed_at')} - ${epochNs('r.started_at')} as "runNs",
                (select count(*) from steps s where s.run_id = r.id and s.status <> 'pending')::int as "numSteps",
                array(select distinct tc.tool_id from tool_calls tc where tc.run_id = r.id and tc.tool_id is not null order by 1) as "toolsUsed"
           from runs r join agents a on a.id = r.agent_id where r.organization_id = $1 and r.id = $2`,
        [organizationId, id],
      );
      return rows[0] ?? null;
    },

    /** Sums over the steps that have ended. */
    async usage(id: string): Promise<RunUsage> {
      const rows = await database.query<{ usage: RunUsage }>(`select (${usageSql('$1')}) as usage`, [id]);
      const row = rows[0];
      if (row === undefined) throw new Error('The usage query returned no row');
      return row.usage;
    },

    /** Only a run that has ended can go, and none whose calls still wait for their answers. */
    async delete(organizationId: string, id: string): Promise<'deleted' | 'open' | 'missing'> {
      const rows = await database.query<{ status: RunStatus; deleted: boolean }>(
        `with gone as (delete from runs where organization_id = $1 and id = $2 and status not in ('created', 'running')
             and not exists (select from approval_requests q where q.run_id = runs.id and q.status <> 'closed') returning id)
         select status, exists (select from gone) as deleted from runs where organization_id = $1 and id = $2`,
        [organizationId, id],
      );
      const row = rows[0];
      if (row === undefined) return 'missing';
      return row.deleted ? 'deleted' : 'open';
    },
  };
}

export type RunListRepository = ReturnType<typeof createRunListRepository>;

/** A query for a run's domain RunUsage as jsonb. `run` = an expression for the run's id. */
export function usageSql(run: string): string {
  return `select jsonb_build_object(
    'promptTokens', coalesce(sum(prompt_tokens), 0), 'completionTokens', coalesce(sum(completion_tokens), 0),
    'totalTokens', coalesce(sum(total_tokens), 0), 'stepCount', count(*),
    'cachedInputTokens', sum(cached_input_tokens), 'cacheWriteTokens', sum(cache_write_tokens), 'reasoningTokens', sum(reasoning_tokens),
    'contextTokens', (array_agg(total_tokens order by number desc))[1], 'cost', (${costSql(run)}))
    from steps where steps.run_id = ${run} and status <> 'pending'`;
}

/** A query for what a run has cost, compactions as well; null when a part of it has no known price. `run` = an expression for the run's id. */
function costSql(run: string): string {
  return `select case when count(*) filter (where cost_usd is null and tokens > 0) = 0 then sum(cost_usd)::float8 end
    from model_charges where model_charges.run_id = ${run} and not reserved`;
}
