import { answerMessages } from '../domain/agent-loop/answer-messages.js';
import type { PersistAnswerInput, PersistedStep, StepDecision } from '../domain/agent-loop/loop-types.js';
import { denialReasons, denyAll } from '../domain/approvals/approval-request.js';
import type { AskedCall, RunAnswer } from '../domain/approvals/approval-request.js';
import type { ToolReturn } from '../domain/messages/content.js';
import type { Message, ToolMessage } from '../domain/messages/message.js';
import type { ModelResponse } from '../domain/model/language-model.js';
import { inputToMessage } from '../domain/runs/input-to-message.js';
import type { InputMessage } from '../domain/runs/run-request.js';
import { appendMessages } from './append-messages.js';
import type { Database } from './database.js';
import { deriveId } from './derived-ids.js';
import { isCancelled, isHeld } from './run-conditions.js';

/** A request with all that its closing needs. */
interface RequestRow {
  readonly id: string;
  readonly organization_id: string;
  readonly agent_id: string;
  readonly conversation_id: string;
  readonly run_id: string;
  readonly step_id: string;
  readonly calls: readonly AskedCall[];
  readonly timezone: string | null;
  readonly response: ModelResponse | null;
  readonly results: readonly { readonly id: string; readonly result: ToolReturn | null }[] | null;
}

interface RunRow {
  readonly status: string;
  readonly cancel_requested: boolean;
  readonly held: boolean;
  readonly answers_request_id: string;
  readonly answer: RunAnswer;
  readonly input: readonly InputMessage[];
}

/**
 * Closes the request that a run answers: the answers, the returns of all its calls, the messages that came with the answers, and the event for the
 * run's readers are one commit. Once; a second time nothing changes.
 */
export async function commitAnswer(transaction: Database, { runId, decision }: PersistAnswerInput): Promise<PersistedStep> {
  const [run] = await transaction.query<RunRow>(
    `select r.status, ${isCancelled('r')} as cancel_requested, ${isHeld('r.agent_id')} as held, r.answers_request_id, r.answer, r.input from runs r where r.id = $1 for no key update`,
    [runId],
  );
  await transaction.query('select from conversations where id = (select conversation_id from runs where id = $1) for no key update', [
    runId,
  ]);
  if (run?.status !== 'running') return { cancelRequested: false, held: false, runOpen: false };
  const request = await lockRequest(transaction, run.answers_request_id);
  if (request === null) return { cancelRequested: run.cancel_requested, held: run.held, runOpen: true };
  const closing = closingMessages(request, {
    answer: run.answer,
    runId,
    gaveUp: decision.end?.stopReason === 'cancelled',
    heartbeatReason: decision.heartbeatReason,
  });
  const input = { agentId: request.agent_id, conversationId: request.conversation_id, runId };
  await appendMessages(transaction, place(request), [...closing, ...run.input.map(message => inputToMessage(message, input))]);
  await tellReaders(transaction, runId, closing);
  await markClosed(transaction, request.id, { answer: run.answer, runId, stop: decision.end });
  return { cancelRequested: run.cancel_requested, held: run.held, runOpen: true };
}

/**
 * Gives a request up: every call of it is denied, also those that needed no answer. Under the lock of the conversation's row, which the caller holds.
 * False = it was not open any more.
 */
export async function denyRequest(transaction: Database, requestId: string, by: 'cancel' | 'deadline' | 'message'): Promise<boolean> {
  const request = await lockRequest(transaction, requestId);
  if (request === null) return false;
  const answer: RunAnswer = {
    answers: denyAll(request.calls, denialReasons[by]),
    by,
    otid: deriveId('otid', requestId).slice('otid-'.length),
  };
  const closing = closingMessages(request, { answer, runId: request.run_id, gaveUp: true, heartbeatReason: null });
  await appendMessages(transaction, place(request), closing);
  await markClosed(transaction, request.id, { answer, runId: null, stop: null });
  return true;
}

/** Gives up what a conversation waits for, if it does, as if somebody had cancelled it. Under the lock of its row as well. */
export async function denyPending(transaction: Database, conversationId: string): Promise<void> {
  const pending = await transaction.query<{ id: string }>(
    `select id from approval_requests where conversation_id = $1 and status = 'pending'`,
    [conversationId],
  );
  for (const { id } of pending) await denyRequest(transaction, id, 'cancel');
}

async function lockRequest(transaction: Database, requestId: string): Promise<RequestRow | null> {
  const open = await transaction.query(`select id from approval_requests where id = $1 and status <> 'closed' for update`, [requestId]);
  if (open.length === 0) return null;
  const rows = await transaction.query<RequestRow>(
    `select q.id, q.organization_id, q.agent_id, q.conversation_id, q.run_id, q.step_id, q.calls, a.timezone, mr.response,
            (select jsonb_agg(jsonb_build_object('id', tc.id, 'result', tc.result)) from tool_calls tc
              where tc.run_id in (q.run_id, q.answering_run_id) and tc.step_id = q.step_id) as results
       from approval_requests q join agents a on a.id = q.agent_id
       left join model_responses mr on mr.step_id = q.step_id and mr.ordinal = q.ordinal
      where q.id = $1`,
    [requestId],
  );
  return rows[0] ?? null;
}

interface ClosingOptions {
  readonly answer: RunAnswer;
  readonly runId: string;
  readonly gaveUp: boolean;
  readonly heartbeatReason: string | null;
}

function closingMessages(request: RequestRow, { runId, ...options }: ClosingOptions): Message[] {
  const returns = new Map<number, ToolReturn>();
  for (const { id, result } of request.results ?? []) {
    if (result !== null) returns.set(Number(id.slice(id.lastIndexOf('/') + 1)), result);
  }
  return answerMessages({
    ...options,
    calls: request.response?.toolCalls ?? [],
    asked: request.calls,
    returns,
    time: { at: new Date(), timezone: request.timezone },
    ids: {
      response: deriveId('message', request.id, 'response'),
      returns: deriveId('message', request.id, 'returns'),
      heartbeat: deriveId('message', request.id, 'heartbeat'),
    },
    base: { agentId: request.agent_id, conversationId: request.conversation_id, runId, stepId: request.step_id },
  });
}

/** The returns are all that a client is told: the rest came from it. */
async function tellReaders(transaction: Database, runId: string, closing: readonly Message[]): Promise<void> {
  const returns = closing.find((message): message is ToolMessage => message.role === 'tool');
  if (returns === undefined) return;
  await transaction.query(
    `with run as (
       update runs set last_seq = last_seq + 1, updated_at = now(), held_at = case when ${isHeld('agent_id')} then now() end where id = $1 returning id, last_seq
     )
     insert into run_events (run_id, seq, kind, key, payload, message_id)
     select id, last_seq, 'message', 'message:' || $2, jsonb_build_object('span', 1, 'streamed', false), $2 from run`,
    [runId, returns.id],
  );
}

async function markClosed(
  transaction: Database,
  requestId: string,
  { answer, runId, stop }: { readonly answer: RunAnswer; readonly runId: string | null; readonly stop: StepDecision['end'] },
): Promise<void> {
  await transaction.query(
    `update approval_requests set status = 'closed', closed_at = now(), answered_at = coalesce(answered_at, now()), answers = $2, answered_by = $3,
            answering_run_id = coalesce($4, answering_run_id), stop = $5
      where id = $1`,
    [requestId, JSON.stringify(answer.answers), answer.by, runId, stop === null ? null : JSON.stringify(stop)],
  );
}

function place(request: RequestRow) {
  return { conversationId: request.conversation_id, organizationId: request.organization_id };
}
