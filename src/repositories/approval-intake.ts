import { randomUUID } from 'node:crypto';
import type { AskedCall, RunAnswer } from '../domain/approvals/approval-request.js';
import { checkAnswers } from '../domain/approvals/check-answers.js';
import type { CallAnswer } from '../domain/messages/content.js';
import { packHeartbeat } from '../domain/messages/packed-message.js';
import type { InputMessage } from '../domain/runs/run-request.js';
import type { Database } from './database.js';

/** What answers mean that have come in for a conversation. */
export type MatchedAnswers =
  | { readonly kind: 'fits'; readonly requestId: string; readonly answers: readonly CallAnswer[] }
  /** The same calls were answered before, and the run that carries that out has not ended. */
  | { readonly kind: 'under-way'; readonly runId: string }
  /** They were answered before and that is over: `keepAlive` gives the model its next turn all the same. */
  | { readonly kind: 'done'; readonly keepAlive: InputMessage }
  | { readonly kind: 'refused'; readonly message: string };

interface RequestRow {
  readonly id: string;
  readonly calls: readonly AskedCall[];
  readonly status: 'pending' | 'answered' | 'closed';
  readonly answering_run_id: string | null;
}

/** How many of the latest requests a repeated answer is looked for in. */
const remembered = 10;

/** Under the lock of the conversation's row. */
export async function matchAnswers(transaction: Database, conversationId: string, answers: readonly CallAnswer[]): Promise<MatchedAnswers> {
  const requests = await transaction.query<RequestRow>(
    `select id, calls, status, answering_run_id from approval_requests where conversation_id = $1 order by created_at desc limit ${remembered}`,
    [conversationId],
  );
  const pending = requests.find(request => request.status === 'pending');
  const checked = pending === undefined ? null : checkAnswers(pending, answers);
  if (pending !== undefined && checked?.kind === 'ok') return { kind: 'fits', requestId: pending.id, answers: checked.answers };
  const before = requests.find(request => request.status !== 'pending' && checkAnswers(request, answers).kind === 'ok');
  if (before?.status === 'answered' && before.answering_run_id !== null) return { kind: 'under-way', runId: before.answering_run_id };
  if (before?.status === 'closed' && pending === undefined) return { kind: 'done', keepAlive: keepAlive() };
  return { kind: 'refused', message: checked?.kind === 'wrong' ? checked.message : nothingPending };
}

export async function markAnswered(transaction: Database, requestId: string, answer: RunAnswer, runId: string): Promise<void> {
  await transaction.query(
    `update approval_requests set status = 'answered', answers = $2, answered_by = $3, answering_run_id = $4, answered_at = now() where id = $1`,
    [requestId, JSON.stringify(answer.answers), answer.by, runId],
  );
}

const nothingPending =
  'Cannot process approval response: No tool call is currently awaiting approval. Send a regular message to interact with the agent.';

function keepAlive(): InputMessage {
  const text = packHeartbeat('These tool calls were answered before. Go on.', { at: new Date(), timezone: null });
  const content = [{ type: 'text', text }] as const;
  return { id: `message-${randomUUID()}`, role: 'user', content, otid: randomUUID(), name: null, senderId: null, groupId: null };
}
