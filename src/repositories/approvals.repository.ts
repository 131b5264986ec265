import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { answerRun } from '../domain/approvals/answer-run.js';
import type { AskingRun } from '../domain/approvals/answer-run.js';
import type { AskedCall, TimeoutPolicy } from '../domain/approvals/approval-request.js';
import { checkAnswers } from '../domain/approvals/check-answers.js';
import type { CallAnswer, ToolCall } from '../domain/messages/content.js';
import type { AcceptResult, RunRequest } from '../domain/runs/run-request.js';
import { denyRequest } from './approval-closing.js';
import type { Database, TransactionalDatabase } from './database.js';
import { requireCursors } from './page-cursors.js';
import { acceptRunIn } from './run-accept.repository.js';
import { isOpen } from './run-conditions.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

/** An approval request as the inbox shows it. */
export interface ApprovalRecord {
  readonly id: string;
  readonly agentId: string;
  readonly conversationId: string;
  readonly isDefaultConversation: boolean;
  readonly runId: string;
  readonly stepId: string;
  readonly status: 'pending' | 'answered' | 'closed';
  readonly asked: readonly AskedCall[];
  /** All calls of the response, with their arguments. */
  readonly calls: readonly ToolCall[];
  readonly answers: readonly CallAnswer[];
  readonly answeredBy: string | null;
  readonly answeringRunId: string | null;
  readonly deadlineAt: Date | null;
  readonly onTimeout: TimeoutPolicy;
  readonly answeredAt: Date | null;
  readonly createdAt: Date;
}

export interface ApprovalFilter {
  readonly organizationId: string;
  readonly agentId?: string | undefined;
  readonly conversationId?: string | undefined;
  readonly status?: string | undefined;
}

export type RecordedAnswers =
  | { readonly kind: 'missing' | 'not-pending' }
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'partial' }
  /** The run that carries the answers out was accepted along with the last of them, or refused. */
  | { readonly kind: 'complete'; readonly request: RunRequest; readonly result: AcceptResult };

/** A request that waits, with what its answers need. */
export interface PendingApproval extends AskingRun {
  readonly asked: readonly AskedCall[];
  /** So far. */
  readonly answers: readonly CallAnswer[];
  readonly onTimeout: TimeoutPolicy;
}

/** Which pending requests are meant: undefined and null set no bound. */
export interface ApprovalScope {
  readonly organizationId: string;
  readonly agentIds?: readonly string[] | undefined;
  readonly conversationId?: string | undefined;
  /** Those that have asked. */
  readonly runIds: readonly string[] | null;
}

export interface CancelledApproval {
  /** The run that had asked. */
  readonly runId: string;
  readonly agentId: string;
  readonly conversationId: string;
}

const columns = `q.id, q.agent_id as "agentId", q.conversation_id as "conversationId", c.is_default as "isDefaultConversation", q.run_id as "runId",
  q.step_id as "stepId", q.status, q.calls as asked, coalesce(mr.response -> 'toolCalls', '[]') as calls, q.answers, q.answered_by as "answeredBy",
  q.answering_run_id as "answeringRunId", q.deadline_at as "deadlineAt", q.on_timeout as "onTimeout", q.answered_at as "answeredAt", q.created_at as "createdAt"`;
const from = `approval_requests q join conversations c on c.id = q.conversation_id
  left join model_responses mr on mr.step_id = q.step_id and mr.ordinal = q.ordinal`;

/** How many requests one look for overdue ones takes. */
const overdueLimit = 100;
/** A timer has this long to do its work before somebody else does, in seconds. */
const overdueGraceSeconds = 5;

export function createApprovalsRepository(database: TransactionalDatabase) {
  return {
    async list(filter: ApprovalFilter, page: KeysetPage): Promise<ApprovalRecord[]> {
      await requireCursors(database, { name: 'approval_requests', noun: 'Approval' }, { organization_id: filter.organizationId }, page);
      const conditions = createConditions();
      conditions.add('q.organization_id = $?', filter.organizationId);
      conditions.addIf(filter.agentId, 'q.agent_id = $?');
      conditions.addIf(filter.conversationId, "(q.conversation_id = $? or ($? = 'default' and c.is_default))");
      conditions.addIf(filter.status, 'q.status = $?');
      const tail = keyset(conditions, page, { name: 'approval_requests', alias: 'q', column: 'created_at' });
      return database.query<ApprovalRecord>(`select ${columns} from ${from} ${tail}`, conditions.parameters);
    },

    async find(organizationId: string, id: string): Promise<ApprovalRecord | null> {
      const rows = await database.query<ApprovalRecord>(`select ${columns} from ${from} where q.organization_id = $1 and q.id = $2`, [
        organizationId,
        id,
      ]);
      return rows[0] ?? null;
    },

    /** Keeps answers to some of a request's calls until there is one for each; then their run is accepted. An answer that was given stays. */
    recordAnswers: (organizationId: string, id: string, answers: readonly CallAnswer[]): Promise<RecordedAnswers> =>
      database.transaction(async transaction => {
        await lockConversationOf(transaction, id);
        return recordAnswers(transaction, organizationId, id, answers);
      }),

    /** Null when the request is no longer pending. */
    askingRun: (id: string): Promise<PendingApproval | null> => pendingApproval(database, id),
    /** Requests whose timer should have settled them by now, and those of agents that nobody may answer any more. */
    async overdue(): Promise<string[]> {
      const rows = await database.query<{ id: string }>(
        `(select id from approval_requests where status = 'pending' and deadline_at < now() - interval '${overdueGraceSeconds} seconds'
           order by deadline_at limit ${overdueLimit})
         union
         (select q.id from agents a join approval_requests q on q.agent_id = a.id and q.status = 'pending'
           where a.lifecycle_state = 'terminated' limit ${overdueLimit})`,
      );
      return rows.map(row => row.id);
    },

    /** Denies every call of a request that nobody can answer any more. */
    giveUp: (id: string): Promise<boolean> => database.transaction(transaction => denyPending(transaction, id, 'deadline')),

    /** Denies every call of a request and lets the run that asked count as failed. */
    fail: (id: string): Promise<void> =>
      database.transaction(async transaction => {
        if (!(await denyPending(transaction, id, 'deadline'))) return;
        await transaction.query(
          `update runs set status = 'failed', stop_reason = 'error', updated_at = now(),
                  metadata = metadata || jsonb_build_object('error', jsonb_build_object('error_type', 'approval_timeout', 'message', 'Nobody answered the approval request in time.'))
            where id = (select run_id from approval_requests where id = $1) and not ${isOpen('runs')}`,
          [id],
        );
      }),

    /** Denies what is pending in an agent's conversations, or what one of the runs has asked. The runs that asked count as cancelled. */
    async cancelPending(scope: ApprovalScope): Promise<CancelledApproval[]> {
      const pending = await database.query<CancelledApproval & { readonly id: string }>(
        `select id, run_id as "runId", agent_id as "agentId", conversation_id as "conversationId" from approval_requests
          where organization_id = $1 and status = 'pending' and ($2::text[] is null or agent_id = any($2))
            and ($3::text is null or conversation_id = $3) and ($4::text[] is null or run_id = any($4))`,
        [scope.organizationId, scope.agentIds ?? null, scope.conversationId ?? null, scope.runIds],
      );
      const cancelled: CancelledApproval[] = [];
      for (const { id, ...run } of pending) {
        if (await database.transaction(transaction => cancelRequest(transaction, id, run.runId))) cancelled.push(run);
      }
      return cancelled;
    },
  };
}

export type ApprovalsRepository = ReturnType<typeof createApprovalsRepository>;

async function pendingApproval(database: Database, id: string): Promise<PendingApproval | null> {
  const rows = await database.query<PendingApproval>(
    `select q.id as "requestId", q.organization_id as "organizationId", q.agent_id as "agentId", q.conversation_id as "conversationId",
                r.options, r.request_config as "requestConfig", r.isolation, q.calls as asked, q.answers, q.on_timeout as "onTimeout"
           from approval_requests q join runs r on r.id = q.run_id where q.id = $1 and q.status = 'pending'`,
    [id],
  );
  return rows[0] ?? null;
}

async function lockConversationOf(transaction: Database, requestId: string): Promise<void> {
  await transaction.query('select from conversations where id = (select conversation_id from approval_requests where id = $1) for update', [
    requestId,
  ]);
}

/** Gives a request up unless it was answered meanwhile. */
async function denyPending(transaction: Database, requestId: string, by: 'cancel' | 'deadline'): Promise<boolean> {
  await lockConversationOf(transaction, requestId);
  const pending = await transaction.query(`select from approval_requests where id = $1 and status = 'pending'`, [requestId]);
  return pending.length > 0 && denyRequest(transaction, requestId, by);
}

/** A run that has asked but not ended yet is left to its workflow, which tells its readers. */
async function cancelRequest(transaction: Database, requestId: string, runId: string): Promise<boolean> {
  if (!(await denyPending(transaction, requestId, 'cancel'))) return false;
  await transaction.query(
    `update runs set status = 'cancelled', stop_reason = 'cancelled', updated_at = now() where id = $1 and not ${isOpen('runs')}`,
    [runId],
  );
  return true;
}

interface PendingRow {
  readonly id: string;
  readonly status: string;
  readonly calls: readonly AskedCall[];
  readonly answers: readonly CallAnswer[];
}

async function recordAnswers(
  transaction: Database,
  organizationId: string,
  id: string,
  answers: readonly CallAnswer[],
): Promise<RecordedAnswers> {
  const rows = await transaction.query<PendingRow>(
    'select id, status, calls, answers from approval_requests where organization_id = $1 and id = $2 for update',
    [organizationId, id],
  );
  const request = rows[0];
  if (request === undefined) return { kind: 'missing' };
  if (request.status !== 'pending') return { kind: 'not-pending' };
  const known = new Map(request.answers.map(answer => [answer.toolCallId, answer]));
  for (const answer of answers) {
    if (!request.calls.some(call => call.toolCallId === answer.toolCallId)) {
      return { kind: 'wrong', message: `The request has no tool call ${answer.toolCallId}.` };
    }
    const before = known.get(answer.toolCallId);
    if (before !== undefined && !isDeepStrictEqual(before, answer)) {
      return { kind: 'wrong', message: `The tool call ${answer.toolCallId} has another answer already.` };
    }
    known.set(answer.toolCallId, answer);
  }
  const all = [...known.values()];
  await transaction.query('update approval_requests set answers = $2 where id = $1', [id, JSON.stringify(all)]);
  const checked = checkAnswers(request, all);
  if (checked.kind === 'wrong') return { kind: 'partial' };
  const asking = await pendingApproval(transaction, id);
  if (asking === null) return { kind: 'not-pending' };
  const { asked: _asked, answers: _answers, onTimeout: _onTimeout, ...place } = asking;
  const run = answerRun(place, `run-${randomUUID()}`, { answers: checked.answers, by: 'client', otid: randomUUID() });
  return { kind: 'complete', request: run, result: await acceptRunIn(transaction, run) };
}
