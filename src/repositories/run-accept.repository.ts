import { pendingApprovalText } from '../domain/approvals/approval-request.js';
import type { PendingPolicy } from '../domain/approvals/approval-request.js';
import type { LifecycleState } from '../domain/agents/lifecycle.js';
import type { AcceptedRun, AcceptResult, BusyPolicy, RunRepeat, RunRequest } from '../domain/runs/run-request.js';
import { denyRequest } from './approval-closing.js';
import { markAnswered, matchAnswers } from './approval-intake.js';
import type { Database, TransactionalDatabase } from './database.js';
import { isCancelled, isHeld, isOpen, queueOrder } from './run-conditions.js';
import { createRunLifecycleRepository } from './run-lifecycle.repository.js';

/** How long a repeated POST without any key is looked for among the runs of its conversation. */
const repeatWindow = '10 minutes';

interface LaneRow {
  readonly conversation_id: string;
  readonly agent_type: string;
  readonly on_busy: BusyPolicy | null;
  readonly on_message: PendingPolicy | null;
  readonly agent_state: LifecycleState;
  readonly model_handle: string | null;
  /** Of the conversation's row: every change of it gives it another one. */
  readonly version: string;
}

interface AcceptRow {
  readonly known_id: string | null;
  readonly pending_id: string | null;
  readonly busy_id: string | null;
  readonly accepted_id: string | null;
  readonly interrupts_run_id: string | null;
  readonly accept_no: number | null;
  readonly agent_state: LifecycleState;
}

/** How the request is put among the runs of its conversation. */
interface Intake {
  readonly onBusy: BusyPolicy;
  /** False: while an approval is pending nothing is inserted. */
  readonly joinsPending: boolean;
  readonly answersRequestId: string | null;
  /** Set without the lock: nothing is inserted when the conversation's row has changed since. */
  readonly version: string | null;
}

export function createRunAcceptRepository(database: TransactionalDatabase) {
  return {
    /**
     * Takes a request in. A request that was seen before is recognised before the busy policy is asked; an accepted one has its place in the
     * conversation's queue from here on. As a rule without a lock, in one statement behind a look at the conversation; where somebody else was there
     * in between, or more is to be decided, in a transaction under the lock of the conversation's row.
     */
    acceptRun: async (request: RunRequest): Promise<AcceptResult> =>
      (await acceptUnlocked(database, request)) ?? database.transaction(transaction => acceptRunIn(transaction, request)),

    /** The run of a request that was accepted before; null when there is none. Changes nothing. */
    async findRepeat(repeat: RunRepeat): Promise<AcceptResult | null> {
      const lane = await findLane(database, repeat, '');
      const known = lane === undefined ? null : await findKnown(database, repeat, lane);
      return lane === undefined || known === null ? null : attachedTo(known, lane);
    },
  };
}

/**
 * Null = it takes the lock to tell. Who accepts, claims, or commits a step writes the conversation's row, so that as long as its version is the one that
 * was read, the statement that inserts has seen all of them.
 */
async function acceptUnlocked(database: Database, request: RunRequest): Promise<AcceptResult | null> {
  if (request.answer !== null) return null;
  const lane = await findLane(database, request, '');
  if (lane === undefined) return notFound(request);
  const intake = { ...intakeOf(request, lane), version: lane.version };
  if (intake.onBusy === 'interrupt' || intake.onBusy === 'rollback') return null;
  const row = await insertUnlessKnownOrBusy(database, request, lane, intake);
  return row.known_id === null && row.accepted_id === null ? null : toResult(row, request, lane);
}

/** As a part of a transaction. */
export async function acceptRunIn(transaction: Database, request: RunRequest): Promise<AcceptResult> {
  const lane = await findLane(transaction, request, 'for update of c');
  if (lane === undefined) return notFound(request);
  const result = await (request.answer === null
    ? acceptMessage(transaction, request, lane)
    : acceptAnswer(transaction, request, request.answer, lane));
  return request.refusesAsRun ? asFailedRun(transaction, request, lane, result) : result;
}

export type RunAcceptRepository = ReturnType<typeof createRunAcceptRepository>;

function notFound({ conversationId }: RunRequest): AcceptResult {
  return conversationId === null ? { kind: 'agent-not-found' } : { kind: 'conversation-not-found', conversationId };
}

async function findLane(database: Database, request: RunRepeat, lock: '' | 'for update of c'): Promise<LaneRow | undefined> {
  const rows = await database.query<LaneRow>(
    `select c.id as conversation_id, c.xmin::text as version, a.agent_type, a.on_busy, a.approval_settings ->> 'onMessage' as on_message,
            a.lifecycle_state as agent_state, coalesce(c.model, a.llm_config ->> 'handle') as model_handle
       from conversations c join agents a on a.id = c.agent_id
      where a.id = $1 and a.organization_id = $2 and c.deleted_at is null and case when $3::text is null then c.is_default else c.id = $3 end
        ${lock}`,
    [request.agentId, request.organizationId, request.conversationId],
  );
  return rows[0];
}

async function acceptMessage(transaction: Database, request: RunRequest, lane: LaneRow): Promise<AcceptResult> {
  const intake = intakeOf(request, lane);
  const row = await insertUnlessKnownOrBusy(transaction, request, lane, intake);
  if (
    row.known_id !== null ||
    row.accepted_id !== null ||
    row.pending_id === null ||
    row.agent_state === 'terminated' ||
    intake.joinsPending
  )
    return toResult(row, request, lane);
  if (onPendingOf(request, lane) === 'reject') return { kind: 'approval-pending', requestId: row.pending_id };
  // A message that is refused in any case denies nothing.
  if (intake.onBusy === 'reject' && row.busy_id !== null) return toResult(row, request, lane);
  await denyRequest(transaction, row.pending_id, 'message');
  return toResult(await insertUnlessKnownOrBusy(transaction, request, lane, intake), request, lane);
}

function intakeOf(request: RunRequest, lane: LaneRow): Intake {
  return {
    onBusy: request.onBusy ?? lane.on_busy ?? request.routeOnBusy,
    joinsPending: onPendingOf(request, lane) === 'queue',
    answersRequestId: null,
    version: null,
  };
}

function onPendingOf(request: RunRequest, lane: LaneRow): PendingPolicy {
  return request.onPending ?? lane.on_message ?? 'reject';
}

/** Answers go on whatever waits. Answers that were given before lead to the run that they led to, or, when it is over, to another turn. */
async function acceptAnswer(
  transaction: Database,
  request: RunRequest,
  answer: NonNullable<RunRequest['answer']>,
  lane: LaneRow,
): Promise<AcceptResult> {
  const known = await findKnown(transaction, request, lane);
  if (known !== null) return attachedTo(known, lane);
  const matched = await matchAnswers(transaction, lane.conversation_id, answer.answers);
  const intake = { onBusy: 'enqueue', joinsPending: true, answersRequestId: null, version: null } as const;
  switch (matched.kind) {
    case 'refused':
      return { kind: 'answer-refused', message: matched.message };
    case 'under-way':
      return attachedTo(matched.runId, lane);
    case 'done': {
      const input = request.input.length > 0 ? request.input : [matched.keepAlive];
      return toResult(await insertUnlessKnownOrBusy(transaction, { ...request, answer: null, input }, lane, intake), request, lane);
    }
    case 'fits': {
      const fitting = { ...request, answer: { ...answer, answers: matched.answers } };
      const row = await insertUnlessKnownOrBusy(transaction, fitting, lane, { ...intake, answersRequestId: matched.requestId });
      if (row.accepted_id !== null) await markAnswered(transaction, matched.requestId, fitting.answer, row.accepted_id);
      return toResult(row, request, lane);
    }
  }
}

function toResult(row: AcceptRow, request: RunRequest, lane: LaneRow): AcceptResult {
  const place = { ...placeOf(lane, row.agent_state), interruptsRunId: row.interrupts_run_id, acceptNo: row.accept_no };
  const modelHandle = request.options.overrideModel ?? lane.model_handle;
  if (row.known_id !== null) return { kind: 'attached', runId: row.known_id, ...place };
  if (row.accepted_id !== null) return { kind: 'accepted', runId: row.accepted_id, ...place, modelHandle };
  return row.agent_state === 'terminated' ? { kind: 'agent-terminated' } : { kind: 'busy', runId: row.busy_id ?? request.runId };
}

function attachedTo(runId: string, lane: LaneRow): AcceptResult {
  return { kind: 'attached', runId, ...placeOf(lane, lane.agent_state), interruptsRunId: null, acceptNo: null };
}

function placeOf(lane: LaneRow, agentState: string): Pick<AcceptedRun, 'conversationId' | 'agentType' | 'isAsleep' | 'modelHandle'> {
  return {
    conversationId: lane.conversation_id,
    agentType: lane.agent_type,
    isAsleep: agentState === 'sleeping',
    modelHandle: lane.model_handle,
  };
}

/** V1 answers a streaming request with a stream in any case: what is wrong with an approval is told by a run that has failed. */
async function asFailedRun(transaction: Database, request: RunRequest, lane: LaneRow, result: AcceptResult): Promise<AcceptResult> {
  if (result.kind !== 'approval-pending' && result.kind !== 'answer-refused') return result;
  const message = result.kind === 'answer-refused' ? result.message : pendingApprovalText;
  const intake = { onBusy: 'enqueue', joinsPending: true, answersRequestId: null, version: null } as const;
  const keyless = { ...request, answer: null, clientOtid: null, idempotencyKey: null, input: [] };
  const row = await insertUnlessKnownOrBusy(transaction, keyless, lane, intake);
  const error = { type: 'internal_error', message, detail: message, status: 409 };
  if (row.accepted_id !== null) {
    await createRunLifecycleRepository(transaction).finishRun(row.accepted_id, { stopReason: 'error', error });
  }
  return toResult(row, request, lane);
}

/** The run of a request that was seen before. Parameters: the request's id, the conversation, and what a request is recognised by. */
const knownSql = `select id, interrupts_run_id from runs
        where conversation_id = $2
          and (otid = $3 or idempotency_key = $4
               or ($5 and request_hash = $6 and answered_at is null and created_at > now() - interval '${repeatWindow}'))
        order by accept_no desc limit 1`;

function identityOf(request: RunRepeat & Partial<Pick<RunRequest, 'runId'>>, lane: LaneRow): readonly unknown[] {
  return [request.runId ?? null, lane.conversation_id, request.clientOtid, request.idempotencyKey, request.isRetry, request.requestHash];
}

async function findKnown(transaction: Database, request: RunRepeat, lane: LaneRow): Promise<string | null> {
  // The first parameter is the accept's alone; Postgres refuses one whose type nothing tells.
  const rows = await transaction.query<{ id: string }>(`with request (id) as (values ($1::text)) ${knownSql}`, identityOf(request, lane));
  return rows[0]?.id ?? null;
}

/**
 * A statement after the lock, or after the version was read, so that its snapshot has every run that was accepted before. `head` is the run that is executed, or will be next; a run
 * that interrupts it goes to the front of those that wait.
 */
async function insertUnlessKnownOrBusy(transaction: Database, request: RunRequest, lane: LaneRow, intake: Intake): Promise<AcceptRow> {
  const rows = await transaction.query<AcceptRow>(
    `with known as (
       ${knownSql}
     ), pending as (
       select id from approval_requests where conversation_id = $2 and status = 'pending'
     ), head as (
       select r.id, r.status, ${isCancelled('r')} as cancelled from runs r where r.conversation_id = $2 and ${isOpen('r')} ${queueOrder} limit 1
     ), lane as (
       update conversations set last_accept_no = last_accept_no + 1, last_message_at = case when $20::text is null then now() else last_message_at end
        where id = $2 and not exists (select from known) and not ($7 = 'reject' and exists (select from head)) and ($17 or not exists (select from pending))
          and (select lifecycle_state from agents where id = $9) <> 'terminated' and ($21::text is null or xmin::text = $21)
        returning last_accept_no
     ), place as (
       select last_accept_no as accept_no,
              $7 in ('interrupt', 'rollback') and exists (select from head where status = 'running' or not ${isHeld('$9')}) as interrupts
         from lane
     ), accepted as (
       insert into runs (id, organization_id, agent_id, conversation_id, accept_no, queue_order, interrupts_run_id, undoes_interrupted, background, metadata,
                         request_config, options, input, otid, idempotency_key, request_hash, isolation, callback_url, answers_request_id, answer, command, created_at)
       select $1, $8, $9, $2, place.accept_no,
              case when interrupts then (select least(min(queue_order), place.accept_no) - 1 from runs where conversation_id = $2 and status = 'created')
                   else place.accept_no end,
              case when interrupts then (select id from head) end, interrupts and $7 = 'rollback', $10, $11, $12, $13, $14, $3, $4, $6, $15, $16, $18, $19, $20, clock_timestamp()
         from place
       returning id, interrupts_run_id, accept_no::int
     )
     select (select id from known) as known_id, (select id from pending) as pending_id, (select id from head) as busy_id, accepted.id as accepted_id, accepted.accept_no,
            coalesce(accepted.interrupts_run_id, (select interrupts_run_id from known)) as interrupts_run_id,
            (select lifecycle_state from agents where id = $9) as agent_state
       from (select) one left join accepted on true`,
    [
      ...identityOf(request, lane),
      intake.onBusy,
      request.organizationId,
      request.agentId,
      request.background,
      JSON.stringify(request.metadata),
      request.requestConfig === null ? null : JSON.stringify(request.requestConfig),
      JSON.stringify(request.options),
      JSON.stringify(request.input),
      request.isolation,
      request.callbackUrl,
      intake.joinsPending,
      intake.answersRequestId,
      request.answer === null ? null : JSON.stringify(request.answer),
      request.command,
      intake.version,
    ],
  );
  const row = rows[0];
  if (row === undefined) throw new Error('The accept statement returned no row');
  return row;
}
