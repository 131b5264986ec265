import type { Message } from '../domain/messages/message.js';
import { unpackSummary } from '../domain/messages/packed-summary.js';
import type { CompactionStats } from '../domain/messages/packed-summary.js';
import type { CompactionChanges, CompactionSettings } from '../domain/context-window/compaction-settings.js';
import type { AgentBudget, RunBudget } from '../domain/budgets/budget.js';
import type { ModelWishes } from '../domain/model/choose-model.js';
import type { ModelConfig } from '../domain/model/model-config.js';
import { summarizeWorkflowId } from '../domain/runs/execution-ids.js';
import type { Database } from './database.js';
import { toMessage, toMessageRow } from './message-row.js';
import type { MessageRow } from './message-row.js';

export interface CompactionContext {
  readonly alreadyDone: boolean;
  readonly runOpen: boolean;
  readonly organizationId: string;
  readonly agentId: string;
  readonly conversationId: string;
  readonly timezone: string | null;
  readonly config: ModelConfig;
  /** What the run's own model calls go by, whose window the context has to fit. */
  readonly wishes: ModelWishes;
  readonly settings: CompactionSettings | null;
  /** Of the command that asks for the compaction. */
  readonly requestedSettings: CompactionChanges | null;
  readonly budgets: { readonly requested: RunBudget | null; readonly agent: AgentBudget | null; readonly runStartedAt: Date | null };
  /** In context order; the system message is the first. */
  readonly messages: readonly Message[];
}

interface ContextRow {
  readonly done: boolean;
  readonly run_open: boolean;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly conversation_id: string;
  readonly timezone: string | null;
  readonly llm_config: ModelConfig;
  readonly wishes: ModelWishes;
  readonly compaction_settings: CompactionSettings | null;
  readonly requested_settings: CompactionChanges | null;
  readonly run_budget: RunBudget | null;
  readonly agent_budget: AgentBudget | null;
  readonly started_at: Date | null;
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

export interface CompactionCommit {
  /** The workflow's: a pass that is repeated changes nothing. */
  readonly id: string;
  readonly runId: string;
  /** The step that the context was compacted in or after. */
  readonly stepId: string | null;
  readonly summary: Message;
  readonly evicted: readonly string[];
  readonly stats: CompactionStats;
}

export function createCompactionRepository(database: Database) {
  return {
    async load(id: string, runId: string): Promise<CompactionContext | null> {
      const rows = await database.query<ContextRow>(
        `select exists (select from compactions where id = $1) as done, r.status = 'running' as run_open, r.organization_id, r.agent_id, r.conversation_id,
                a.timezone, a.llm_config,
                jsonb_build_object('override', r.options -> 'overrideModel', 'conversationModel', cv.model, 'configChanges', cv.config_changes) as wishes,
                a.compaction_settings, r.options -> 'compaction' as requested_settings,
                r.options -> 'budget' as run_budget, a.budget as agent_budget, r.started_at,
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
        timezone: row.timezone,
        config: row.llm_config,
        wishes: row.wishes,
        settings: row.compaction_settings,
        requestedSettings: row.requested_settings,
        budgets: { requested: row.run_budget, agent: row.agent_budget, runStartedAt: row.started_at },
        messages: (row.messages ?? []).map(toMessage),
      };
    },

    /**
     * What a command that has ended has done. Null when there was nothing to gain; a context that is a summary already counts as compacted, to as many
     * messages as there were.
     */
    async outcomeOfCommand(commandId: string): Promise<CompactionOutcome | null> {
      const rows = await database.query<OutcomeRow>(outcomeSql, [commandId, summarizeWorkflowId(commandId, null)]);
      const row = rows[0];
      if (row === undefined) return null;
      return { summary: unpackSummary(row.text).summary, messagesBefore: row.before, messagesAfter: row.after };
    },

    /**
     * Puts the summary in the place of the last evicted message and tells the run's readers of it, in one statement. Nothing happens when the pass is
     * done or its run has ended.
     */
    async commit({ id, runId, stepId, summary, evicted, stats }: CompactionCommit, organizationId: string): Promise<void> {
      await database.query(commitSql, [
        id,
        runId,
        JSON.stringify(toMessageRow(summary, organizationId)),
        JSON.stringify(evicted),
        JSON.stringify(stats),
        stepId,
      ]);
    },
  };
}

export type CompactionRepository = ReturnType<typeof createCompactionRepository>;

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
  insert into compactions (id, conversation_id, run_id, summary_message_id, stats, evicted_message_ids)
  select $1, conversation_id, id, $3::jsonb ->> 'id', $5::jsonb, $4::jsonb from run
  on conflict (id) do nothing returning conversation_id
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
  select cm.position, max(cm.position) over () as last_position
    from pass join conversation_messages cm on cm.conversation_id = pass.conversation_id and $4::jsonb ? cm.message_id
), gone as (
  delete from conversation_messages cm using pass, evicted e
   where cm.conversation_id = pass.conversation_id and cm.position = e.position and e.position <> e.last_position
), summary as (
  insert into messages (id, organization_id, agent_id, conversation_id, role, content, run_id, search_text)
  select m.id, m.organization_id, m.agent_id, m.conversation_id, m.role, m.content, m.run_id, m.search_text
    from pass, jsonb_to_record($3::jsonb) as m (id text, organization_id text, agent_id text, conversation_id text, role text, content jsonb, run_id text, search_text text)
  returning id
)
update conversation_messages cm set message_id = summary.id from pass, summary
 where cm.conversation_id = pass.conversation_id and cm.position = (select max(last_position) from evicted)`;
