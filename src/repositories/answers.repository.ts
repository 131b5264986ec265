import type { PersistAnswerInput, PersistedStep, RunEnd } from '../domain/agent-loop/loop-types.js';
import type { AskedCall, RunAnswer } from '../domain/approvals/approval-request.js';
import type { ToolCall } from '../domain/messages/content.js';
import type { ToolSchema } from '../domain/model/language-model.js';
import type { PastCall } from '../domain/tool-rules/past-call.js';
import type { ToolRule } from '../domain/tool-rules/tool-rule.js';
import { commitAnswer, denyRequest } from './approval-closing.js';
import { attachedToolsSql } from './attached-tools.js';
import type { AttachedTool } from './attached-tools.js';
import type { TransactionalDatabase } from './database.js';
import { executedCallsSql, toPastCall } from './executed-calls.js';
import type { ExecutedCallRow } from './executed-calls.js';
import { isCancelled } from './run-conditions.js';

/** What a run needs to know that carries out the answers to an approval request. */
export interface AnswerContext {
  readonly runOpen: boolean;
  readonly cancelRequested: boolean;
  readonly isClosed: boolean;
  readonly requestedBy: { readonly runId: string; readonly stepNumber: number; readonly ordinal: number };
  readonly asked: readonly AskedCall[];
  readonly answer: RunAnswer;
  readonly calls: readonly ToolCall[];
  readonly tools: readonly AttachedTool[];
  readonly clientTools: readonly ToolSchema[];
  readonly toolRules: readonly ToolRule[];
  /** The calls that were executed before the response. */
  readonly history: readonly PastCall[];
}

interface AnswerRow extends Omit<AnswerContext, 'history'> {
  readonly executedCalls: readonly ExecutedCallRow[];
}

export function createAnswersRepository(database: TransactionalDatabase) {
  const commit = (input: PersistAnswerInput): Promise<PersistedStep> =>
    database.transaction(transaction => commitAnswer(transaction, input));
  return {
    /** Null when the run answers nothing. */
    async load(runId: string): Promise<AnswerContext | null> {
      const [row] = await database.query<AnswerRow>(loadSql, [runId]);
      return row === undefined ? null : { ...row, history: row.executedCalls.map(toPastCall) };
    },

    commit,

    /** Gives up what a run has asked that is to stop: its queue must not wait for an answer. True = it did. */
    giveUpIfCancelled: (runId: string): Promise<boolean> =>
      database.transaction(async transaction => {
        await transaction.query('select from conversations where id = (select conversation_id from runs where id = $1) for update', [
          runId,
        ]);
        const [asked] = await transaction.query<{ id: string }>(
          `select q.id from approval_requests q join runs r on r.id = q.run_id where r.id = $1 and q.status = 'pending' and ${isCancelled('r')}`,
          [runId],
        );
        return asked !== undefined && denyRequest(transaction, asked.id, 'cancel');
      }),

    /** Closes what a run that ends against its plan was about to answer: calls that have begun are declared cut off, the others never begin. */
    async closeOpenAnswer(runId: string, end: RunEnd): Promise<void> {
      const open = await database.query(
        `select q.id from runs r join approval_requests q on q.id = r.answers_request_id and q.status <> 'closed' where r.id = $1`,
        [runId],
      );
      if (open.length === 0) return;
      await database.query(`update tool_calls set status = 'cut_off', finished_at = now() where run_id = $1 and status = 'started'`, [
        runId,
      ]);
      await commit({ runId, decision: { continues: false, end, heartbeatReason: null } });
    },
  };
}

export type AnswersRepository = ReturnType<typeof createAnswersRepository>;

const loadSql = `
select r.status = 'running' as "runOpen", ${isCancelled('r')} as "cancelRequested", q.status = 'closed' as "isClosed",
       jsonb_build_object('runId', q.run_id, 'stepNumber', q.step_number, 'ordinal', q.ordinal) as "requestedBy", q.calls as asked, r.answer,
       coalesce(mr.response -> 'toolCalls', '[]') as calls, coalesce((${attachedToolsSql('q.agent_id')}), '[]') as tools,
       coalesce(asking.options -> 'clientTools', '[]') as "clientTools", a.tool_rules as "toolRules",
       coalesce((${executedCallsSql('asking', 'q.step_number', 'a')}), '[]') as "executedCalls"
  from runs r join approval_requests q on q.id = r.answers_request_id join agents a on a.id = q.agent_id join runs asking on asking.id = q.run_id
  left join model_responses mr on mr.step_id = q.step_id and mr.ordinal = q.ordinal
 where r.id = $1`;
