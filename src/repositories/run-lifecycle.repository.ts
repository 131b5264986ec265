import type { RunEnd, RunWork, StepIsolation } from '../domain/agent-loop/loop-types.js';
import { statusForStopReason } from '../domain/agent-loop/stop-reason.js';
import type { StopReason } from '../domain/agent-loop/stop-reason.js';
import { runBudget, timeBudgetEnd } from '../domain/budgets/budget.js';
import type { AgentBudget } from '../domain/budgets/budget.js';
import type { RunOptions } from '../domain/runs/run-request.js';
import { loopTraits } from '../domain/agents/loop-traits.js';
import type { Database } from './database.js';
import { clockStart, isCancelled, isHeld, isOpen, queueOrder } from './run-conditions.js';
import { usageSql } from './run-list.repository.js';

interface ClaimRow {
  /** False when the run was changed while the statement waited for it. */
  readonly is_claimed: boolean;
  readonly undoes_run_id: string | null;
  readonly cancelled: boolean;
  readonly id: string;
  readonly agent_id: string;
  readonly isolation: StepIsolation;
  readonly command: RunWork['command'];
  readonly options: RunOptions;
  readonly agent_type: string;
  readonly model_handle: string;
  readonly system_stale: boolean;
  readonly queued: number;
  readonly last_accept_no: number;
  readonly steps_done: number;
  readonly last_stop_reason: StopReason | null;
  readonly last_error: RunEnd['error'];
  readonly carries_answers: boolean;
  readonly answer_stop: RunEnd | null;
  readonly budget: AgentBudget | null;
  readonly clock_start: Date;
}

interface FinishRow {
  readonly last_seq: string | null;
  readonly has_next: boolean;
  readonly request_id: string | null;
  readonly deadline_at: Date | null;
  readonly has_callback: boolean;
  readonly has_unembedded: boolean;
  readonly is_to_undo: boolean;
}

export interface CancelOutcome {
  readonly runId: string;
  /** A run that has started ends when its workflow has seen it. */
  readonly outcome: 'settled' | 'requested';
}

export interface ClaimedRun {
  readonly work: Omit<RunWork, 'timeouts'>;
  /** The memory has changed since the system message was compiled. */
  readonly systemStale: boolean;
  /** What this run did to the conversation is to be undone before the claimed one goes on. */
  readonly undoesRunId: string | null;
}

export interface FinishedRun {
  /** Null when the run had ended before. */
  readonly lastSeq: number | null;
  readonly hasNext: boolean;
  /** The message that interrupted it wants it undone. */
  readonly isToUndo: boolean;
  readonly hasCallback: boolean;
  /** Messages of the run wait for their vectors. */
  readonly hasUnembedded: boolean;
  /** The request that the run has ended with, when it has a deadline. */
  readonly deadline: { readonly requestId: string; readonly at: Date } | null;
}

export function createRunLifecycleRepository(database: Database) {
  return {
    /** Starts the conversation's next run, or finds the one that was started before. Null when nothing is open. */
    async claimNextRun(conversationId: string): Promise<ClaimedRun | null> {
      for (;;) {
        const rows = await database.query<ClaimRow>(claimSql, [conversationId]);
        const row = rows[0];
        if (row === undefined) return null;
        if (row.is_claimed) return toClaimedRun(row, conversationId);
      }
    },

    /** Ends a run: status, terminal event and what leaves the context are one statement, and only the first call of it counts. */
    async finishRun(runId: string, end: RunEnd): Promise<FinishedRun> {
      const status = statusForStopReason(end.stopReason);
      const rows = await database.query<FinishRow>(finishSql, [
        runId,
        status,
        end.stopReason,
        end.error === null ? null : JSON.stringify(end.error),
      ]);
      const row = rows[0];
      return {
        lastSeq: row?.last_seq == null ? null : Number(row.last_seq),
        hasNext: row?.has_next ?? false,
        hasCallback: row?.has_callback ?? false,
        hasUnembedded: row?.has_unembedded ?? false,
        isToUndo: row?.is_to_undo ?? false,
        deadline: row?.request_id == null || row.deadline_at === null ? null : { requestId: row.request_id, at: row.deadline_at },
      };
    },

    /**
     * Notes that runs are to stop; those that have not started are settled right here, but for those that carry answers: the calls that they answer
     * need their returns. Runs that have ended are left out of the answer.
     */
    async requestCancel(runIds: readonly string[]): Promise<CancelOutcome[]> {
      const open = await database.query<{ id: string; status: string; carries_answers: boolean }>(requestCancelSql, [runIds]);
      const queued = open.filter(run => run.status === 'created' && !run.carries_answers).map(run => run.id);
      const settled = queued.length === 0 ? [] : await database.query<{ run_id: string }>(cancelUnstartedSql, [queued]);
      const isSettled = (id: string): boolean => settled.some(run => run.run_id === id);
      return open.map(({ id }) => ({ runId: id, outcome: isSettled(id) ? 'settled' : 'requested' }));
    },

    /** The answer of the run's own request was written to its end. */
    async markAnswered(runIds: readonly string[]): Promise<void> {
      await database.query('update runs set answered_at = now() where id = any($1) and answered_at is null', [runIds]);
    },
  };
}

export type RunLifecycleRepository = ReturnType<typeof createRunLifecycleRepository>;

function toClaimedRun(row: ClaimRow, conversationId: string): ClaimedRun {
  const { maxSeconds, maxSteps } = runBudget(row.options.budget, row.budget);
  const deadline = maxSeconds === null ? null : { at: row.clock_start.getTime() + maxSeconds * 1000, maxSeconds };
  return {
    systemStale: row.system_stale,
    undoesRunId: row.undoes_run_id,
    work: {
      runId: row.id,
      command: row.command,
      agentId: row.agent_id,
      conversationId,
      isolation: row.isolation,
      maxSteps: row.options.maxSteps,
      traits: loopTraits(row.agent_type),
      modelHandle: row.options.overrideModel ?? row.model_handle,
      carriesAnswers: row.carries_answers,
      queue: { length: row.queued, lastAcceptNo: row.last_accept_no },
      budgetSteps: maxSteps,
      deadline,
      stepsDone: row.steps_done,
      lastStop: lastStopOf(row, deadline),
    },
  };
}

function lastStopOf(row: ClaimRow, deadline: RunWork['deadline']): RunEnd | null {
  // Answers are carried out to their end, which leaves no call open: that is where a cancel is noticed then.
  const stopsAtOnce = row.cancelled && row.answer_stop === null && !row.carries_answers;
  const stopReason = row.last_stop_reason ?? (stopsAtOnce ? 'cancelled' : null);
  if (stopReason === null) return row.answer_stop;
  // A step that was cancelled by nobody ran out of time.
  if (stopReason === 'cancelled' && !row.cancelled && deadline != null && Date.now() >= deadline.at)
    return timeBudgetEnd(deadline.maxSeconds);
  return { stopReason, error: row.last_error };
}

/**
 * The input gets its place in the context here, not when it was accepted: a queued message never stands inside another run's steps. What comes with
 * answers gets its place behind the returns of the calls. While an approval is pending, only its answers go on; while the agent is held only runs that
 * are to stop are claimed, so that they end. A run that was settled or moved in the queue since this statement began is not claimed.
 */
const claimSql = `
with next as (
  select r.id, r.status, r.queue_order, ${isCancelled('r')} as cancelled from runs r
   where r.conversation_id = $1 and ${isOpen('r')} and (not ${isHeld('r.agent_id')} or ${isCancelled('r')})
     and (r.status = 'running' or r.answers_request_id is not null
          or not exists (select from approval_requests q where q.conversation_id = $1 and q.status = 'pending'))
   ${queueOrder} limit 1
), claimed as (
  update runs r set status = 'running', started_at = coalesce(r.started_at, now()), updated_at = now(), held_at = null,
         held_ms = r.held_ms + coalesce((extract(epoch from now() - r.held_at) * 1000)::bigint, 0)
    from next where r.id = next.id and ${isOpen('r')} and r.queue_order = next.queue_order
  returning r.*, next.status = 'created' as is_new
), cleared as (
  delete from conversation_messages cm using claimed r, agents a
   where r.is_new and r.command is null and r.answers_request_id is null and a.id = r.agent_id and a.message_buffer_autoclear and cm.conversation_id = $1 and cm.position > 0
), entries as (
  select r.id as run_id, r.organization_id, r.agent_id, e.value as m, e.ordinality as n, count(*) over () as total
    from claimed r, jsonb_array_elements(r.input) with ordinality as e
   where r.is_new and r.answers_request_id is null
), inserted as (
  insert into messages (id, organization_id, agent_id, conversation_id, role, content, name, run_id, otid, sender_id, group_id, search_text)
  select m ->> 'id', organization_id, agent_id, $1, m ->> 'role', m -> 'content', m ->> 'name', run_id, m ->> 'otid', m ->> 'senderId', m ->> 'groupId',
         coalesce((select string_agg(p ->> 'text', ' ') from jsonb_array_elements(m -> 'content') p where p ->> 'type' = 'text'), '')
    from entries order by n
  on conflict (id) do nothing returning id
), lane as (
  update conversations set last_position = last_position + (select count(*) from entries) where id = $1 returning last_position, system_stale, model
), placed as (
  insert into conversation_messages (conversation_id, position, message_id)
  select $1, lane.last_position - total + n, m ->> 'id' from entries, lane
  on conflict do nothing
)
select r.id is not null as is_claimed, next.cancelled, case when r.undoes_interrupted then r.interrupts_run_id end as undoes_run_id, r.id, r.agent_id, r.isolation, r.command, r.options, a.agent_type,
       coalesce(lane.model, a.llm_config ->> 'handle') as model_handle, lane.system_stale, a.budget, ${clockStart('r')} as clock_start,
       waiting.queued, waiting.last_accept_no, coalesce(s.steps_done, 0)::int as steps_done, s.last_stop_reason, s.last_error,
       coalesce(q.status <> 'closed', false) as carries_answers, q.stop as answer_stop
  from next left join claimed r on true left join agents a on a.id = r.agent_id cross join lane
  left join approval_requests q on q.id = r.answers_request_id
  cross join lateral (
    select count(*) filter (where o.id <> r.id and o.status = 'created')::int as queued, max(o.accept_no)::int as last_accept_no
      from runs o where o.conversation_id = $1 and ${isOpen('o')}
  ) waiting
  left join lateral (
    select count(*) as steps_done, (array_agg(stop_reason order by number desc))[1] as last_stop_reason,
           (array_agg(error_data order by number desc))[1] as last_error
      from steps where run_id = r.id and status <> 'pending'
  ) s on true`;

/**
 * Input that a provider refuses leaves the context, and with it all input since the model's last answer: what stands before that was taken once, but a run
 * that failed or was cancelled early has left its input behind it.
 */
const finishSql = `
with ended as (
  update runs set status = $2, stop_reason = $3, completed_at = now(), updated_at = now(), last_seq = last_seq + 1, call_message_id = null,
         total_duration_ns = (extract(epoch from now() - created_at) * 1e9)::bigint,
         metadata = case when $4::jsonb is null then metadata
                         else metadata || jsonb_build_object('error', jsonb_build_object('message_type', 'error_message', 'run_id', id, 'error_type', $4 -> 'type', 'message', $4 -> 'message', 'detail', $4 -> 'detail')) end
   where id = $1 and status in ('created', 'running')
  returning id, agent_id, conversation_id, last_seq, total_duration_ns, command
), refused as (
  delete from conversation_messages cm using ended, messages m
   where coalesce(($4::jsonb ->> 'inputRefused')::boolean, false) and cm.conversation_id = ended.conversation_id and m.id = cm.message_id
     and m.run_id is not null and m.step_id is null and m.role in ('user', 'system', 'assistant') and cm.position > (
       select coalesce(max(a.position), 0) from conversation_messages a join messages am on am.id = a.message_id
        where a.conversation_id = ended.conversation_id and am.step_id is not null)
), told as (
  insert into run_events (run_id, seq, kind, key, payload)
  select id, last_seq, 'end', 'end', jsonb_build_object('stopReason', $3::text, 'status', $2::text, 'error', $4::jsonb, 'usage', (${usageSql('$1')})) from ended
), agent as (
  update agents a set last_stop_reason = $3, last_run_completion = now(), last_run_duration_ms = least(ended.total_duration_ns / 1000000, 2147483647)::int
    from ended where a.id = ended.agent_id and ended.command is null
)
select (select last_seq from ended) as last_seq,
       exists (select from runs o where o.conversation_id = r.conversation_id and o.id <> r.id and o.status in ('created', 'running')) as has_next,
       q.id as request_id, q.deadline_at, r.callback_url is not null as has_callback,
       exists (select from messages m join unembedded_messages u on u.message_id = m.id where m.run_id = r.id) as has_unembedded,
       not r.metadata ? 'rollback' and exists (select from runs i where i.interrupts_run_id = r.id and i.undoes_interrupted) as is_to_undo
  from runs r left join approval_requests q on q.run_id = r.id and q.status = 'pending' and $3 = 'requires_approval' where r.id = $1`;

/** The rows are locked in one order everywhere: two such changes never wait for each other in a circle. */
const requestCancelSql = `
with open as (
  select r.id from runs r where r.id = any($1) and ${isOpen('r')} order by r.conversation_id, r.accept_no for no key update
)
update runs r set cancel_requested_at = coalesce(r.cancel_requested_at, now()), updated_at = now() from open where r.id = open.id returning r.id, r.status, r.answers_request_id is not null as carries_answers`;

/** Only while nobody has started them: a run that has just begun is stopped by its workflow. */
const cancelUnstartedSql = `
with unstarted as (
  select id from runs where id = any($1) and status = 'created' order by conversation_id, accept_no for no key update
), ended as (
  update runs r set status = 'cancelled', stop_reason = 'cancelled', completed_at = now(), updated_at = now(), last_seq = last_seq + 1
    from unstarted u where r.id = u.id and r.status = 'created' returning r.id, r.last_seq
)
insert into run_events (run_id, seq, kind, key, payload)
select id, last_seq, 'end', 'end', jsonb_build_object('stopReason', 'cancelled', 'status', 'cancelled', 'error', null, 'usage', (${usageSql('ended.id')})) from ended
returning run_id`;
