import type { Message } from '../domain/messages/message.js';
import { unpackSummary } from '../domain/messages/packed-summary.js';
import type { CompactionStats } from '../domain/messages/packed-summary.js';
import type { CompactionSettings } from '../domain/context-window/compaction-settings.js';
import type { AgentBudget, RunBudget } from '../domain/budgets/budget.js';
import type { ModelWishes } from '../domain/model/choose-model.js';
import type { ModelConfig } from '../domain/model/model-config.js';
import { summarizeWorkflowId } from '../domain/runs/execution-ids.js';
import type { RunOptions } from '../domain/runs/run-request.js';
import type { CompactionStage } from '../domain/context-window/compaction-stage.js';
import type { Calibrations, TokenCalibration } from '../domain/context-window/token-calibration.js';
import type { ToolRule } from '../domain/tool-rules/tool-rule.js';
import { attachedToolsSql } from './attached-tools.js';
import type { AttachedTool } from './attached-tools.js';
import type { Charge, ChargedCall } from './budgets.repository.js';
import type { Database } from './database.js';
import { deriveId } from './derived-ids.js';
import { traceId } from './provider-traces.repository.js';
import type { WireTrace } from './provider-traces.repository.js';
import { calibrationsSql, saveCalibration } from './token-calibrations.js';
import { toMessage, toMessageRow } from './message-row.js';
import type { MessageRow } from './message-row.js';
import { clockStart, isOpen } from './run-conditions.js';

export interface CompactionContext {
  readonly alreadyDone: boolean;
  readonly runOpen: boolean;
  readonly organizationId: string;
  readonly agentId: string;
  readonly conversationId: string;
  readonly agentType: string;
  readonly timezone: string | null;
  readonly config: ModelConfig;
  readonly calibrations: Calibrations;
  readonly toolRules: readonly ToolRule[];
  readonly tools: readonly AttachedTool[];
  readonly options: RunOptions;
  /** What the run's own model calls go by, whose window the context has to fit. */
  readonly wishes: ModelWishes;
  readonly settings: CompactionSettings | null;
  readonly budgets: { readonly requested: RunBudget | null; readonly agent: AgentBudget | null; readonly clockStart: Date | null };
  /** In context order; the system message is the first. */
  readonly messages: readonly Message[];
  /** What models have answered for this pass already, by the keys of the requests. */
  readonly answers: ReadonlyMap<string, string>;
}

interface ContextRow {
  readonly done: boolean;
  readonly run_open: boolean;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly conversation_id: string;
  readonly agent_type: string;
  readonly timezone: string | null;
  readonly llm_config: ModelConfig;
  readonly wishes: ModelWishes;
  readonly compaction_settings: CompactionSettings | null;
  readonly calibrations: Calibrations | null;
  readonly tool_rules: readonly ToolRule[];
  readonly tools: readonly AttachedTool[] | null;
  readonly options: RunOptions;
  readonly answers: Readonly<Record<string, string>> | null;
  readonly agent_budget: AgentBudget | null;
  readonly clock_start: Date | null;
  readonly messages: readonly MessageRow[] | null;
}

export interface CompactionOutcome {
  readonly summary: string;
  readonly messagesBefore: number;
  readonly messagesAfter: number;
}

interface OutcomeRow {
  readonly text: string;
  readonly before: number;
  readonly after: number;
}

/** What a model has answered to a request to summarize. */
export interface SummaryAnswer {
  readonly compactionId: string;
  readonly requestKey: string;
  /** Empty when nothing of use came. */
  readonly text: string;
  readonly call: ChargedCall;
  readonly charge: Charge;
  readonly trace: WireTrace | null;
}

export interface CompactionCommit {
  /** Derived from the pass: one that is repeated changes nothing. */
  readonly id: string;
  readonly runId: string;
  /** The step that the context was compacted in or after. */
  readonly stepId: string | null;
  readonly summary: Message;
  readonly evicted: readonly string[];
  /** From the first to the last evicted one; null where none between them stays. */
  readonly replaced: readonly string[] | null;
  readonly method: CompactionStage;
  readonly modelCalls: number;
  readonly stats: CompactionStats;
}

/** How many one statement deletes: it holds its locks shortly. */
const deletionBatch = 1000;

export function compactionId(runId: string, pass: string | null): string {
  return deriveId('compaction', summarizeWorkflowId(runId, pass));
}

export function createCompactionRepository(database: Database) {
  return {
    async load(id: string, runId: string): Promise<CompactionContext | null> {
      const rows = await database.query<ContextRow>(
        `select exists (select from compactions where id = $1) as done, r.status = 'running' as run_open, r.organization_id, r.agent_id, r.conversation_id,
                a.agent_type, a.timezone, a.llm_config, a.tool_rules, r.options, (${attachedToolsSql('a.id')}) as tools,
                (${calibrationsSql('r.conversation_id')}) as calibrations,
                (select jsonb_object_agg(request_key, answer) from summary_responses where compaction_id = $1) as answers,
                jsonb_build_object('override', r.options -> 'overrideModel', 'conversationModel', cv.model, 'configChanges', cv.config_changes) as wishes,
                a.compaction_settings, a.budget as agent_budget, ${clockStart('r')} as clock_start,
                (select json_agg(m order by cm.position) from conversation_messages cm join messages m on m.id = cm.message_id
                  where cm.conversation_id = r.conversation_id) as messages
           from runs r join agents a on a.id = r.agent_id join conversations cv on cv.id = r.conversation_id where r.id = $2`,
        [id, runId],
      );
      const row = rows[0];
      if (row === undefined) return null;
      return {
        alreadyDone: row.done,
        runOpen: row.run_open,
        organizationId: row.organization_id,
        agentId: row.agent_id,
        conversationId: row.conversation_id,
        agentType: row.agent_type,
        calibrations: row.calibrations ?? {},
        toolRules: row.tool_rules,
        tools: row.tools ?? [],
        options: row.options,
        answers: new Map(Object.entries(row.answers ?? {})),
        timezone: row.timezone,
        config: row.llm_config,
        wishes: row.wishes,
        settings: row.compaction_settings,
        budgets: { requested: row.options.budget ?? null, agent: row.agent_budget, clockStart: row.clock_start },
        messages: (row.messages ?? []).map(toMessage),
      };
    },

    /**
     * What a command that has ended has done. Null when there was nothing to gain; a context that is a summary already counts as compacted, to as many
     * messages as there were.
     */
    async outcomeOfCommand(commandId: string): Promise<CompactionOutcome | null> {
      const rows = await database.query<OutcomeRow>(outcomeSql, [commandId, compactionId(commandId, null)]);
      const row = rows[0];
      if (row === undefined) return null;
      return { summary: unpackSummary(row.text).summary, messagesBefore: row.before, messagesAfter: row.after };
    },

    /**
     * Keeps an answer with what it has cost. A request has one answer: a second one, of a try that was thought lost, is charged and otherwise forgotten.
     */
    async storeAnswer(answer: SummaryAnswer): Promise<void> {
      const { compactionId: id, requestKey, text, call, charge, trace } = answer;
      await database.query(storeAnswerSql, [
        call.runId,
        id,
        requestKey,
        text,
        call.id,
        call.stepId,
        charge.tokens,
        charge.cost,
        trace === null ? null : traceId(call.id),
        trace?.request ?? null,
        trace?.response ?? null,
      ]);
    },

    /** Deletes answers of passes that were not committed before their run ended. True = there may be more. */
    async deleteLeftAnswers(): Promise<boolean> {
      const rows = await database.query(
        `delete from summary_responses where (compaction_id, request_key) in (
           select s.compaction_id, s.request_key from summary_responses s join runs r on r.id = s.run_id where not (${isOpen('r')}) limit ${deletionBatch}
         ) returning 1`,
      );
      return rows.length === deletionBatch;
    },

    /** What a refusal says of the sizes of a conversation's prompts. */
    async calibrate(conversationId: string, modelHandle: string, { estimatedTokens, countedTokens }: TokenCalibration): Promise<void> {
      await database.query(
        saveCalibration('(select $1::text as conversation_id, $2::text as model_handle, $3::int as estimated, $4::int as counted) known'),
        [conversationId, modelHandle, estimatedTokens, countedTokens],
      );
    },

    /**
     * Puts the summary in the place of the first evicted message and tells the run's readers of it, in one statement. Nothing happens when the pass is
     * done or its run has ended.
     */
    async commit({ id, runId, stepId, summary, ...pass }: CompactionCommit, organizationId: string): Promise<void> {
      await database.query(commitSql, [
        id,
        runId,
        JSON.stringify(toMessageRow(summary, organizationId)),
        JSON.stringify(pass.evicted),
        JSON.stringify(pass.stats),
        stepId,
        pass.replaced === null ? null : JSON.stringify(pass.replaced),
        pass.method,
        pass.modelCalls,
      ]);
    },
  };
}

export type CompactionRepository = ReturnType<typeof createCompactionRepository>;

const storeAnswerSql = `
with run as (
  select id, organization_id, agent_id, status from runs where id = $1
), stored as (
  insert into summary_responses (compaction_id, request_key, run_id, answer)
  select $2, $3, id, $4 from run where status = 'running' on conflict do nothing
), charged as (
  insert into model_charges (id, agent_id, run_id, step_id, tokens, cost_usd) select $5, agent_id, id, $6, $7, $8 from run
  on conflict (id) do update set tokens = excluded.tokens, cost_usd = excluded.cost_usd, reserved = false
)
insert into provider_traces (id, organization_id, run_id, step_id, agent_id, call_type, request, response)
select $9, organization_id, id, $6, agent_id, 'summarization', $10, $11 from run where $9::text is not null on conflict do nothing`;

const outcomeSql = `
select m.content -> 0 ->> 'text' as text, (x.stats -> 'messagesCountBefore')::int as before, (x.stats -> 'messagesCountAfter')::int as after
  from compactions x join messages m on m.id = x.summary_message_id where x.id = $2
union all
select max(m.content -> 0 ->> 'text'), count(*)::int + 1, count(*)::int + 1
  from runs r join conversation_messages cm on cm.conversation_id = r.conversation_id and cm.position > 0 join messages m on m.id = cm.message_id
 where r.id = $1 and not exists (select from compactions where id = $2)
having count(*) = 1 and bool_and(m.role = 'summary')`;

const commitSql = `
with run as (
  select id, conversation_id, last_seq from runs where id = $2 and status = 'running' for update
), pass as (
  insert into compactions (id, conversation_id, run_id, summary_message_id, stats, evicted_message_ids, replaced_message_ids, method, model_calls)
  select $1, conversation_id, id, $3::jsonb ->> 'id', $5::jsonb, $4::jsonb, $7::jsonb, $8, $9 from run
  on conflict (id) do nothing returning conversation_id
), used as (
  delete from summary_responses where compaction_id = $1
), numbered as (
  update runs r set last_seq = run.last_seq + 2 from run, pass where r.id = run.id returning r.id, r.last_seq
), told as (
  insert into run_events (run_id, seq, kind, key, payload, message_id)
  select id, last_seq - 1, 'compaction', 'compaction:' || $1,
         jsonb_build_object('id', gen_random_uuid(), 'stepId', $6::text, 'trigger', $5::jsonb -> 'trigger',
           'contextTokens', $5::jsonb -> 'contextTokensBefore', 'contextWindow', $5::jsonb -> 'contextWindow'), null
    from numbered
  union all
  select id, last_seq, 'message', 'message:' || ($3::jsonb ->> 'id'), jsonb_build_object('span', 1, 'streamed', false), $3::jsonb ->> 'id' from numbered
), evicted as (
  select cm.position, min(cm.position) over () as first_position
    from pass join conversation_messages cm on cm.conversation_id = pass.conversation_id and $4::jsonb ? cm.message_id
), gone as (
  delete from conversation_messages cm using pass, evicted e
   where cm.conversation_id = pass.conversation_id and cm.position = e.position and e.position <> e.first_position
), summary as (
  insert into messages (id, organization_id, agent_id, conversation_id, role, content, run_id, search_text)
  select m.id, m.organization_id, m.agent_id, m.conversation_id, m.role, m.content, m.run_id, m.search_text
    from pass, jsonb_to_record($3::jsonb) as m (id text, organization_id text, agent_id text, conversation_id text, role text, content jsonb, run_id text, search_text text)
  returning id
)
update conversation_messages cm set message_id = summary.id from pass, summary
 where cm.conversation_id = pass.conversation_id and cm.position = (select min(first_position) from evicted)`;
