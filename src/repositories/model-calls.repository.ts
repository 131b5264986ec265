import type { StoredDelta } from './run-events.repository.js';
import { insertDeltas } from './run-events.repository.js';
import type { AgentBudget } from '../domain/budgets/budget.js';
import type { ModelCallInput } from '../domain/agent-loop/loop-types.js';
import type { ModelResponse } from '../domain/model/language-model.js';
import type { EmbeddingConfig, ModelConfig } from '../domain/model/model-config.js';
import type { RunOptions } from '../domain/runs/run-request.js';
import type { ToolRule } from '../domain/tool-rules/tool-rule.js';
import type { PastCall } from '../domain/tool-rules/past-call.js';
import { chargeId } from './budgets.repository.js';
import type { Charge } from './budgets.repository.js';
import type { Database } from './database.js';
import { attachedToolsSql } from './attached-tools.js';
import type { AttachedTool } from './attached-tools.js';
import { stepId } from './derived-ids.js';
import { executedCallsSql, toPastCall } from './executed-calls.js';
import type { ExecutedCallRow } from './executed-calls.js';
import { clockStart, isCancelled } from './run-conditions.js';
import { toMessage } from './message-row.js';
import type { MessageRow } from './message-row.js';
import type { Calibrations, TokenCalibration } from '../domain/context-window/token-calibration.js';
import { calibrationsSql, saveCalibration } from './token-calibrations.js';
import { traceId } from './provider-traces.repository.js';
import type { WireTrace } from './provider-traces.repository.js';
import type { Message } from '../domain/messages/message.js';

export interface StoredResponse {
  readonly response: ModelResponse;
  readonly messageId: string;
}

/** `ordinal` = of the call that was answered. */
export interface EarlierResponse extends StoredResponse {
  readonly ordinal: number;
}

export interface MeasuredResponse extends StoredResponse {
  readonly requestedAt: Date;
  readonly requestNs: bigint;
  /** Null = none is kept. */
  readonly trace: WireTrace | null;
  readonly charge: Charge;
  /** Null when the provider has not counted. */
  readonly calibration: TokenCalibration | null;
  readonly modelHandle: string;
}

export interface ModelCallContext {
  readonly runOpen: boolean;
  readonly cancelRequested: boolean;
  /** Set when the step was answered before: then no attempt was begun. */
  readonly stored: EarlierResponse | null;
  /** The attempt that was begun; appends carry it. */
  readonly attempt: number;
  readonly stepId: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly conversationId: string;
  readonly agentType: string;
  readonly config: ModelConfig;
  readonly calibrations: Calibrations;
  readonly embeddingConfig: EmbeddingConfig | null;
  readonly toolRules: readonly ToolRule[];
  /** The calls of the run that were executed before this step, oldest first. */
  readonly history: readonly PastCall[];
  readonly options: RunOptions;
  /** Of the conversation: it comes before the agent's. */
  readonly conversationModel: string | null;
  readonly configChanges: Partial<ModelConfig> | null;
  readonly agentBudget: AgentBudget | null;
  /** From when the time of the run counts. */
  readonly clockStart: Date | null;
  readonly tools: readonly AttachedTool[];
  readonly messages: readonly Message[];
}

interface ContextRow {
  readonly status: string;
  readonly attempt: number | null;
  readonly cancel_requested: boolean;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly conversation_id: string;
  readonly agent_type: string;
  readonly llm_config: ModelConfig;
  readonly embedding_config: EmbeddingConfig | null;
  readonly tool_rules: readonly ToolRule[];
  readonly executed_calls: readonly ExecutedCallRow[] | null;
  readonly options: RunOptions;
  readonly conversation_model: string | null;
  readonly config_changes: Partial<ModelConfig> | null;
  readonly budget: AgentBudget | null;
  readonly clock_start: Date | null;
  readonly calibrations: Calibrations | null;
  readonly stored: { readonly response: ModelResponse; readonly message_id: string; readonly ordinal: number } | null;
  readonly tools: readonly AttachedTool[] | null;
  readonly messages: readonly MessageRow[] | null;
}

export function createModelCallsRepository(database: Database) {
  return {
    /**
     * Loads what a model call needs and, unless the step has its answer already, begins an attempt under `messageId`: the attempt before it is fenced off and
     * its deltas are declared void. Null when there is no such run.
     */
    async beginCall(input: ModelCallInput, messageId: string): Promise<ModelCallContext | null> {
      const step = stepId(input.runId, input.stepNumber);
      const rows = await database.query<ContextRow>(beginSql, [input.runId, step, messageId, input.stepNumber]);
      const row = rows[0];
      return row === undefined ? null : toContext(row, step);
    },

    /** Says on the step's row which model it really calls, when that is not the agent's. */
    async nameModel(step: string, config: ModelConfig): Promise<void> {
      await database.query(
        `update steps set provider_name = $2, provider_category = $3, model = $4, model_handle = $5, model_endpoint = $6, context_window_limit = $7 where id = $1`,
        [step, config.providerName, config.providerCategory, config.model, config.handle, config.modelEndpoint, config.contextWindow],
      );
    },

    /**
     * Keeps the answer together with its last deltas. False when a newer attempt, or the run's end, has fenced this one off, or when the answer is
     * stored already.
     */
    async storeResponse(
      call: ModelCallInput,
      attempt: number,
      stored: MeasuredResponse,
      lastDeltas: readonly StoredDelta[],
    ): Promise<boolean> {
      const step = stepId(call.runId, call.stepNumber);
      const rows = await database.query(
        `with fenced as (
           update runs set last_seq = last_seq + $5, call_message_id = null,
                  ttft_ns = coalesce(ttft_ns, (extract(epoch from now() - created_at) * 1e9)::bigint)
            where id = $1 and attempt = $2 and status = 'running'
              and not exists (select from model_responses where step_id = $3)
           returning id, last_seq, organization_id, agent_id, conversation_id
         ), deltas as (${insertDeltas('$4', '$5')}), stored as (
           insert into model_responses (step_id, ordinal, attempt, message_id, response, requested_at, request_ns)
           select $3, $6, $2, $7, $8, $9, $10 from fenced on conflict do nothing
         ), charged as (
           insert into model_charges (id, agent_id, run_id, step_id, tokens, cost_usd) select $14, agent_id, $1, $3, $15, $16 from fenced
           on conflict (id) do update set tokens = excluded.tokens, cost_usd = excluded.cost_usd, reserved = false
         ), traced as (
           insert into provider_traces (id, organization_id, run_id, step_id, agent_id, call_type, request, response)
           select $11, organization_id, $1, $3, agent_id, 'agent_step', $12, $13 from fenced where $11::text is not null on conflict do nothing
         ), calibrated as (
           ${saveCalibration('(select conversation_id, $17::text as model_handle, $18::int as estimated, $19::int as counted from fenced where $18::int is not null) known')}
         )
         select id from fenced`,
        [
          call.runId,
          attempt,
          step,
          JSON.stringify(lastDeltas),
          lastDeltas.length,
          call.ordinal,
          stored.messageId,
          JSON.stringify(stored.response),
          stored.requestedAt,
          stored.requestNs,
          stored.trace === null ? null : traceId(step, call.ordinal, attempt),
          stored.trace?.request ?? null,
          stored.trace?.response ?? null,
          chargeId(step, call.ordinal, attempt),
          stored.charge.tokens,
          stored.charge.cost,
          stored.modelHandle,
          stored.calibration?.estimatedTokens ?? null,
          stored.calibration?.countedTokens ?? null,
        ],
      );
      return rows.length > 0;
    },
  };
}

export type ModelCallsRepository = ReturnType<typeof createModelCallsRepository>;

function toContext(row: ContextRow, step: string): ModelCallContext {
  return {
    runOpen: row.status === 'running',
    cancelRequested: row.cancel_requested,
    stored: row.stored === null ? null : { response: row.stored.response, messageId: row.stored.message_id, ordinal: row.stored.ordinal },
    attempt: row.attempt ?? 0,
    stepId: step,
    organizationId: row.organization_id,
    agentId: row.agent_id,
    conversationId: row.conversation_id,
    agentType: row.agent_type,
    config: row.llm_config,
    calibrations: row.calibrations ?? {},
    embeddingConfig: row.embedding_config,
    toolRules: row.tool_rules,
    history: (row.executed_calls ?? []).map(toPastCall),
    options: row.options,
    conversationModel: row.conversation_model,
    configChanges: row.config_changes,
    agentBudget: row.budget,
    clockStart: row.clock_start,
    tools: row.tools ?? [],
    messages: (row.messages ?? []).map(toMessage),
  };
}

/**
 * `open` takes the lock and so sees the run as the attempt before left it, whatever this statement's snapshot says. All that fences an attempt
 * stands on the run's own row for that reason.
 */
const beginSql = `
with answered as (
  select response, message_id, ordinal from model_responses where step_id = $2 order by ordinal desc limit 1
), open as (
  select r.id, r.attempt, r.call_message_id, r.last_seq from runs r
   where r.id = $1 and r.status = 'running' and not ${isCancelled('r')} and not exists (select from answered) for update
), begun as (
  update runs r set attempt = open.attempt + 1, call_message_id = $3, updated_at = now(),
         last_seq = open.last_seq + case when open.call_message_id is null then 0 else 1 end
    from open where r.id = open.id
  returning r.id, r.attempt, r.last_seq, r.organization_id, r.agent_id, r.conversation_id, r.options, open.call_message_id as void_message_id
), voided as (
  insert into run_events (run_id, seq, kind, key, payload, message_id)
  select id, last_seq, 'attempt_voided', 'voided:' || void_message_id, jsonb_build_object('messageId', void_message_id), void_message_id
    from begun where void_message_id is not null
), step as (
  insert into steps (id, organization_id, run_id, agent_id, number, origin, provider_name, provider_category, model, model_handle, model_endpoint, context_window_limit,
                     project_id, request_id, trace_id, shown_versions)
  select $2, b.organization_id, $1, b.agent_id, $4, 'agent', c ->> 'providerName', c ->> 'providerCategory', c ->> 'model', c ->> 'handle',
         c ->> 'modelEndpoint', (c ->> 'contextWindow')::int, a.project_id, b.options ->> 'requestLogId', b.options ->> 'traceId', cv.shown_versions
    from begun b join agents a on a.id = b.agent_id join conversations cv on cv.id = b.conversation_id, lateral (select a.llm_config as c) config
  on conflict (id) do update set shown_versions = excluded.shown_versions
)
select r.status, (select attempt from begun) as attempt, ${isCancelled('r')} as cancel_requested, r.organization_id, r.agent_id, r.conversation_id, r.options,
       a.agent_type, a.llm_config, a.embedding_config, a.tool_rules, cv.model as conversation_model, cv.config_changes, a.budget, ${clockStart('r')} as clock_start,
       (${calibrationsSql('r.conversation_id')}) as calibrations, (select to_jsonb(x) from answered x) as stored, (${executedCallsSql('r', '$4', 'a')}) as executed_calls,
       (${attachedToolsSql('a.id')}) as tools,
       case when exists (select from answered) then null else
       (select json_agg(m order by cm.position) from conversation_messages cm join messages m on m.id = cm.message_id
         where cm.conversation_id = r.conversation_id) end as messages
  from runs r join agents a on a.id = r.agent_id join conversations cv on cv.id = r.conversation_id where r.id = $1`;
