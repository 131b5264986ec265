import type { Database } from './database.js';
import { requireCursors } from './page-cursors.js';
import { createConditions, epochNs, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

/** A step as the API shows it. */
export interface StepRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly runId: string;
  readonly agentId: string;
  readonly status: 'pending' | 'success' | 'failed' | 'cancelled';
  readonly stopReason: string | null;
  readonly origin: string | null;
  readonly providerId: string | null;
  readonly providerName: string | null;
  readonly providerCategory: string | null;
  readonly model: string | null;
  readonly modelHandle: string | null;
  readonly modelEndpoint: string | null;
  readonly contextWindowLimit: number | null;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly totalTokens: number;
  readonly cachedInputTokens: number | null;
  readonly cacheWriteTokens: number | null;
  readonly reasoningTokens: number | null;
  /** USD. */
  readonly cost: number | null;
  readonly feedback: 'positive' | 'negative' | null;
  readonly tags: readonly string[];
  readonly errorType: string | null;
  readonly errorData: Readonly<Record<string, unknown>> | null;
  readonly requestId: string | null;
  readonly traceId: string | null;
  readonly tid: string | null;
  readonly projectId: string | null;
}

/** How long the parts of a step took; null = not measured (yet). Times and spans in ns, as text. */
export interface StepMetricsRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly runId: string;
  readonly agentId: string;
  readonly providerId: string | null;
  readonly projectId: string | null;
  readonly templateId: string | null;
  readonly baseTemplateId: string | null;
  readonly stepStartNs: string;
  readonly stepNs: string | null;
  readonly modelRequestStartNs: string | null;
  readonly modelRequestNs: string | null;
  readonly toolExecutionNs: string | null;
}

export interface StepFilter {
  readonly organizationId: string;
  readonly runId?: string | undefined;
  readonly startAt?: Date | undefined;
  readonly endAt?: Date | undefined;
  readonly model?: string | undefined;
  readonly agentId?: string | undefined;
  readonly traceIds?: readonly string[] | undefined;
  readonly feedback?: string | undefined;
  readonly hasFeedback?: boolean | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly projectId?: string | undefined;
}

const columns = `s.id, s.organization_id as "organizationId", s.run_id as "runId", s.agent_id as "agentId", s.status, s.stop_reason as "stopReason", s.origin,
  s.provider_id as "providerId", s.provider_name as "providerName", s.provider_category as "providerCategory", s.model, s.model_handle as "modelHandle",
  s.model_endpoint as "modelEndpoint", s.context_window_limit as "contextWindowLimit", s.prompt_tokens as "promptTokens",
  s.completion_tokens as "completionTokens", s.total_tokens as "totalTokens", s.cached_input_tokens as "cachedInputTokens",
  s.cache_write_tokens as "cacheWriteTokens", s.reasoning_tokens as "reasoningTokens", s.cost_usd::float8 as cost, s.feedback, s.tags, s.error_type as "errorType",
  s.error_data as "errorData", s.request_id as "requestId", s.trace_id as "traceId", s.tid, s.project_id as "projectId"`;

export function createStepListRepository(database: Database) {
  return {
    async list(filter: StepFilter, page: KeysetPage): Promise<StepRecord[]> {
      await requireCursors(database, { name: 'steps', noun: 'Step' }, { organization_id: filter.organizationId }, page);
      const conditions = createConditions();
      conditions.add('s.organization_id = $?', filter.organizationId);
      conditions.addIf(filter.runId, 's.run_id = $?');
      conditions.addIf(filter.startAt, 's.created_at >= $?');
      conditions.addIf(filter.endAt, 's.created_at <= $?');
      conditions.addIf(filter.model, 's.model = $?');
      conditions.addIf(filter.agentId, 's.agent_id = $?');
      conditions.addIf(filter.traceIds, 's.trace_id = any($?)');
      conditions.addIf(filter.feedback, 's.feedback = $?');
      conditions.addIf(filter.hasFeedback, '(s.feedback is not null) = $?');
      conditions.addIf(filter.tags, 's.tags && $?::text[]');
      conditions.addIf(filter.projectId, 's.project_id = $?');
      const tail = keyset(conditions, page, { name: 'steps', alias: 's', column: 'created_at' });
      return database.query<StepRecord>(`select ${columns} from steps s ${tail}`, conditions.parameters);
    },

    async find(organizationId: string, id: string): Promise<StepRecord | null> {
      const rows = await database.query<StepRecord>(`select ${columns} from steps s where s.organization_id = $1 and s.id = $2`, [
        organizationId,
        id,
      ]);
      return rows[0] ?? null;
    },

    async metrics(organizationId: string, id: string): Promise<StepMetricsRecord | null> {
      const rows = await database.query<StepMetricsRecord>(
        `select s.id, s.organization_id as "organizationId", s.run_id as "runId", s.agent_id as "agentId", s.provider_id as "providerId",
                s.project_id as "projectId", a.template_id as "templateId", a.base_template_id as "baseTemplateId",
                ${epochNs('s.created_at')} as "stepStartNs", ${epochNs('s.completed_at')} - ${epochNs('s.created_at')} as "stepNs",
                ${epochNs('s.model_requested_at')} as "modelRequestStartNs", s.model_request_ns as "modelRequestNs",
                s.tool_execution_ns as "toolExecutionNs"
           from steps s join agents a on a.id = s.agent_id where s.organization_id = $1 and s.id = $2`,
        [organizationId, id],
      );
      return rows[0] ?? null;
    },

    /** Null = no such step. */
    async setTransaction(organizationId: string, id: string, transactionId: string): Promise<StepRecord | null> {
      const rows = await database.query<StepRecord>(
        `update steps s set tid = $3 where s.organization_id = $1 and s.id = $2 returning ${columns}`,
        [organizationId, id, transactionId],
      );
      return rows[0] ?? null;
    },

    /** Null = no such step. Tags that are not given stay. */
    async setFeedback(
      organizationId: string,
      id: string,
      feedback: string | null,
      tags: readonly string[] | null,
    ): Promise<StepRecord | null> {
      const rows = await database.query<StepRecord>(
        `update steps s set feedback = $3, tags = coalesce($4, s.tags) where s.organization_id = $1 and s.id = $2 returning ${columns}`,
        [organizationId, id, feedback, tags],
      );
      return rows[0] ?? null;
    },
  };
}

export type StepListRepository = ReturnType<typeof createStepListRepository>;
