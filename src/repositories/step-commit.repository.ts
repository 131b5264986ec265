import type { PersistedStep, PersistStepInput, RunEnd, StepDecision } from '../domain/agent-loop/loop-types.js';
import { stepMessages } from '../domain/agent-loop/step-messages.js';
import type { AskedCall } from '../domain/approvals/approval-request.js';
import { loopTraits } from '../domain/agents/loop-traits.js';
import type { ToolReturn } from '../domain/messages/content.js';
import type { Message } from '../domain/messages/message.js';
import { wireSpan } from '../domain/messages/wire-span.js';
import type { ModelDelta, ModelResponse, ModelUsage } from '../domain/model/language-model.js';
import { partialResponse } from '../domain/model/partial-response.js';
import type { Database } from './database.js';
import { insertEntries, messageRecord } from './append-messages.js';
import { deriveId, stepId } from './derived-ids.js';
import { toMessageRow } from './message-row.js';
import { isCancelled, isHeld } from './run-conditions.js';

interface LoadRow {
  readonly run_status: string;
  readonly cancel_requested: boolean;
  readonly held: boolean;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly conversation_id: string;
  readonly agent_type: string;
  readonly timezone: string | null;
  readonly step_status: string | null;
  readonly model: string | null;
  readonly client_tools: readonly { readonly name: string }[] | null;
  readonly response: ModelResponse | null;
  readonly message_id: string | null;
  readonly calls: readonly { readonly id: string; readonly result: ToolReturn | null }[] | null;
}

export function createStepCommitRepository(database: Database) {
  const commitStep = async (input: PersistStepInput): Promise<PersistedStep> => {
    const id = stepId(input.runId, input.stepNumber);
    const rows = await database.query<LoadRow>(loadSql, [input.runId, id, input.ordinal]);
    const row = rows[0];
    if (row === undefined) return { cancelRequested: false, held: false, runOpen: false };
    const runOpen = row.run_status === 'running';
    if (runOpen && row.step_status === 'pending') await writeStep(database, input, id, await withPartialResponse(database, input, row));
    return { cancelRequested: row.cancel_requested, held: row.held, runOpen };
  };

  return {
    /** Commits a step: its row, its messages, their places in the context and their events, in one statement. A second call changes nothing. */
    commitStep,

    /**
     * Closes what a run that ends against its plan has left open: calls that have started are declared cut off, and a stored response enters the
     * history together with what is known of its calls.
     */
    async closeOpenStep(runId: string, end: RunEnd): Promise<void> {
      const open = await database.query<{ number: number; ordinal: number | null }>(
        `select s.number, max(mr.ordinal) as ordinal from steps s left join model_responses mr on mr.step_id = s.id
          where s.run_id = $1 and s.status = 'pending' group by s.number`,
        [runId],
      );
      for (const { number, ordinal } of open) {
        await database.query(
          `update tool_calls set status = 'cut_off', finished_at = now() where run_id = $1 and step_id = $2 and status = 'started'`,
          [runId, stepId(runId, number)],
        );
        await commitStep({ runId, stepNumber: number, ordinal, decision: { continues: false, end, heartbeatReason: null } });
      }
    },
  };
}

export type StepCommitRepository = ReturnType<typeof createStepCommitRepository>;

const loadSql = `
select r.status as run_status, ${isCancelled('r')} as cancel_requested, ${isHeld('r.agent_id')} as held, r.organization_id, r.agent_id, r.conversation_id,
       a.agent_type, a.timezone, r.options -> 'clientTools' as client_tools, s.status as step_status, s.model, mr.response, mr.message_id,
       (select jsonb_agg(jsonb_build_object('id', tc.id, 'result', tc.result)) from tool_calls tc where tc.step_id = s.id and tc.run_id = r.id) as calls
  from runs r join agents a on a.id = r.agent_id
  left join steps s on s.id = $2
  left join model_responses mr on mr.step_id = s.id and mr.ordinal = $3
 where r.id = $1`;

/**
 * The row, for a cancelled step whose call was lost with its worker, with what the call had said so far. The attempt is fenced off before, so that
 * nothing more is said.
 */
async function withPartialResponse(database: Database, { runId, decision }: PersistStepInput, row: LoadRow): Promise<LoadRow> {
  if (row.response !== null || decision.end?.stopReason !== 'cancelled') return row;
  const fenced = await database.query<{ call_message_id: string }>(
    `update runs set attempt = attempt + 1 where id = $1 and status = 'running' and call_message_id is not null returning call_message_id`,
    [runId],
  );
  const messageId = fenced[0]?.call_message_id;
  if (messageId === undefined) return row;
  const told = await database.query<{ delta: ModelDelta }>(
    `select payload -> 'delta' as delta from run_events where run_id = $1 and kind = 'delta' and message_id = $2 order by seq`,
    [runId, messageId],
  );
  return { ...row, response: partialResponse(told.map(({ delta }) => delta)), message_id: messageId };
}

async function writeStep(database: Database, input: PersistStepInput, id: string, row: LoadRow): Promise<void> {
  const messages = messagesOf(input, id, row);
  let seqs = 0;
  const entries = messages.map(message => {
    const span = wireSpan(message);
    seqs += span;
    return {
      ...toMessageRow(message, row.organization_id),
      seq_offset: seqs,
      span,
      streamed: message.role === 'assistant' || message.role === 'approval_request',
    };
  });
  const usage: ModelUsage | null = row.response?.usage ?? null;
  const end = input.decision.end;
  await database.query(commitSql, [
    input.runId,
    id,
    JSON.stringify(entries),
    seqs,
    entries.length,
    row.conversation_id,
    stepStatus(input.decision),
    end?.stopReason ?? null,
    usage?.promptTokens ?? 0,
    usage?.completionTokens ?? 0,
    usage?.totalTokens ?? 0,
    usage?.cachedInputTokens ?? null,
    usage?.cacheWriteTokens ?? null,
    usage?.reasoningTokens ?? null,
    end?.error?.type ?? null,
    end?.error == null ? null : JSON.stringify(end.error),
    askedOf(input, messages, row),
  ]);
}

/** The request that the step ends with, as it is inserted; null when it asks nothing. */
function askedOf({ stepNumber, ordinal, decision }: PersistStepInput, messages: readonly Message[], row: LoadRow): string | null {
  const request = messages.find(message => message.role === 'approval_request');
  if (request === undefined || decision.awaits === undefined) return null;
  const calls = decision.awaits.flatMap((index): AskedCall[] => {
    const call = row.response?.toolCalls[index];
    if (call === undefined) return [];
    const isClients = row.client_tools?.some(tool => tool.name === call.name) === true;
    return [{ index, toolCallId: call.id, toolName: call.name, kind: isClients ? 'client' : 'approval' }];
  });
  return JSON.stringify({ id: request.id, step_number: stepNumber, ordinal, calls });
}

function messagesOf({ runId, decision }: PersistStepInput, id: string, row: LoadRow): Message[] {
  const { response, message_id: messageId } = row;
  if (response === null || messageId === null) return [];
  const returns = new Map<number, ToolReturn>();
  for (const call of row.calls ?? []) {
    if (call.result !== null) returns.set(Number(call.id.slice(call.id.lastIndexOf('/') + 1)), call.result);
  }
  return stepMessages({
    response,
    returns,
    decision,
    heartbeats: loopTraits(row.agent_type).heartbeats,
    model: row.model ?? '',
    timezone: row.timezone,
    now: new Date(),
    ids: { assistant: messageId, tool: deriveId('message', id, 'tool'), heartbeat: deriveId('message', id, 'heartbeat') },
    base: { agentId: row.agent_id, conversationId: row.conversation_id, runId, stepId: id },
  });
}

function stepStatus(decision: StepDecision): 'success' | 'failed' | 'cancelled' {
  if (decision.end?.stopReason === 'cancelled') return 'cancelled';
  return decision.end?.error == null ? 'success' : 'failed';
}

/** Null when one of the step's calls has no known price, or when there was none. */
function stepCostSql(step: string): string {
  return `select case when count(*) filter (where cost_usd is null and tokens > 0) = 0 then sum(cost_usd) end
    from model_charges where step_id = ${step} and not reserved`;
}

/** Calls that ran side by side count once. Null when none has run. */
function toolTimeSql(run: string, step: string): string {
  return `select (extract(epoch from sum(upper(span) - lower(span))) * 1e9)::bigint
    from (select unnest(range_agg(tstzrange(started_at, greatest(started_at, finished_at), '[]'))) as span from tool_calls where run_id = ${run} and step_id = ${step} and finished_at is not null) spans`;
}

const commitSql = `
with run as (
  update runs set last_seq = last_seq + $4, updated_at = now(), call_message_id = null, held_at = case when ${isHeld('agent_id')} then now() end
   where id = $1 and status = 'running' and exists (select from steps where id = $2 and status = 'pending')
  returning id, agent_id, last_seq
), step as (
  update steps s set status = $7, stop_reason = $8, prompt_tokens = $9, completion_tokens = $10, total_tokens = $11, cached_input_tokens = $12,
         cache_write_tokens = $13, reasoning_tokens = $14, error_type = $15, error_data = $16, completed_at = now(), cost_usd = (${stepCostSql('$2')}), tool_execution_ns = (${toolTimeSql('$1', '$2')}),
         (model_requested_at, model_request_ns) = (select min(requested_at), sum(request_ns) from model_responses where step_id = $2)
    from run where s.id = $2 and s.status = 'pending'
), entries as (
  select m.*, row_number() over (order by m.seq_offset) as n from run, jsonb_to_recordset($3::jsonb) as m (${messageRecord},
    seq_offset int, span int, streamed boolean)
), inserted as (
  ${insertEntries}
), asked as (
  insert into approval_requests (id, organization_id, agent_id, conversation_id, run_id, step_id, step_number, ordinal, calls, deadline_at, on_timeout)
  select q.id, a.organization_id, a.id, $6, run.id, $2, q.step_number, q.ordinal, q.calls,
         now() + (a.approval_settings ->> 'deadlineSeconds')::double precision * interval '1 second', coalesce(a.approval_settings ->> 'onTimeout', 'deny')
    from run join agents a on a.id = run.agent_id, jsonb_to_record($17::jsonb) as q (id text, step_number int, ordinal int, calls jsonb)
   where $17::jsonb is not null
), lane as (
  update conversations set last_position = last_position + $5 from run where conversations.id = $6 returning last_position
), placed as (
  insert into conversation_messages (conversation_id, position, message_id) select $6, lane.last_position - $5 + n, entries.id from entries, lane
)
insert into run_events (run_id, seq, kind, key, payload, message_id)
select run.id, run.last_seq - $4 + seq_offset, 'message', 'message:' || entries.id, jsonb_build_object('span', span, 'streamed', streamed), entries.id
  from entries, run`;
