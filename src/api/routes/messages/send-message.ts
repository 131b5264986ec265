import type { SendBody, SendFields } from '../../../contract/messages.contract.js';
import { RequestError } from '../../../domain/errors.js';
import { isId } from '../../../domain/ids.js';
import type { ModelCatalog } from '../../../domain/model/model-catalog.js';
import { pendingApprovalText } from '../../../domain/approvals/approval-request.js';
import type { AcceptResult } from '../../../domain/runs/run-request.js';
import type { RunSubmitter } from '../../../temporal/submit-run.js';
import { runErrorResponse } from '../../error-response.js';
import { answered } from '../../mount-route.js';
import type { RequestContext } from '../../mount-route.js';
import { streamRun } from '../../streams/stream-run.js';
import type { SseDeps } from '../../streams/stream-run.js';
import type { AnsweredRuns } from './answered-runs.js';
import { presentationOf } from './presentation-of.js';
import { presentAnswer } from './run-answer.js';
import { requestedStream } from './run-stream-request.js';
import { repeatToFetch, toRunRequest } from './to-run-request.js';
import type { RunRequestDeps, SendContext, SendKind, SendTarget } from './to-run-request.js';

export interface SendMessageDeps extends SseDeps, RunRequestDeps {
  readonly models: Pick<ModelCatalog, 'resolveModel'>;
  readonly submitter: RunSubmitter;
  readonly answeredRuns: AnsweredRuns;
}

/** V1's words, by which clients tell this 409 from others. */
const busyText =
  'CONFLICT: Cannot send a new message: Another request is currently being processed for this conversation. Please wait for the current request to complete.';

export type Accepted = Extract<AcceptResult, { kind: 'accepted' | 'attached' }>;

/** Sends a message to a conversation and answers the request as it wants it: as one body, or as a stream. */
export function sendMessageTo(deps: SendMessageDeps, target: SendTarget, body: SendBody, context: RequestContext): Promise<unknown> {
  checkStreamMembers(body);
  return body.streaming ? streamAnswer(deps, target, body, context) : waitForAnswer(deps, target, body, context);
}

function checkStreamMembers(body: SendBody): void {
  if (body.streaming) return;
  const wrong = body.stream_tokens ? 'stream_tokens' : body.background ? 'background' : body.include_pings ? null : 'include_pings';
  if (wrong !== null) throw new RequestError('unprocessable', `The field '${wrong}' needs streaming to be true`);
}

/** Throws what V1 answers to a body that could not be sent. */
export async function checkSendable(deps: Pick<SendMessageDeps, 'models'>, body: SendBody): Promise<void> {
  checkStreamMembers(body);
  await checkModel(deps, body);
}

async function checkModel({ models }: Pick<SendMessageDeps, 'models'>, { override_model: handle }: SendFields): Promise<void> {
  if (handle != null && (await models.resolveModel(handle)) === null) throw new RequestError('not-found', `Handle ${handle} not found`);
}

/** Has the request accepted as a run, or throws what V1 answers. */
export async function submitMessage(
  deps: SendMessageDeps,
  target: SendTarget,
  body: SendFields,
  kind: SendKind,
  context: SendContext,
): Promise<Accepted> {
  await checkModel(deps, body);
  // What the URLs of a repeated request named may be gone by now: its run has it.
  const repeat = repeatToFetch(target, body, context);
  const attached = repeat === null ? null : await deps.submitter.attach(repeat);
  if (attached !== null) return requireAccepted(target.agentId, attached);
  return requireAccepted(target.agentId, await deps.submitter.submit(await toRunRequest(deps, target, body, kind, context)));
}

/** Throws V1's answer to what was not accepted. */
export function requireAccepted(agentId: string, result: AcceptResult): Accepted {
  switch (result.kind) {
    case 'agent-not-found':
      throw new RequestError('not-found', 'Agent not found');
    case 'conversation-not-found':
      throw new RequestError('not-found', `Conversation with id ${result.conversationId} not found`);
    case 'agent-terminated':
      throw new RequestError('conflict', `Agent ${agentId} is terminated: it takes no more messages`);
    case 'busy':
      throw busy(result.runId);
    case 'approval-pending': {
      const message = pendingApprovalText;
      throw new RequestError('conflict', message, { detail: { code: 'PENDING_APPROVAL', message, pending_request_id: result.requestId } });
    }
    case 'answer-refused':
      throw new RequestError('invalid', result.message);
    default:
      return result;
  }
}

/** V1's refusal. What the conversation is busy with may be a command, which is no run. */
export function busy(runId: string): RequestError {
  return new RequestError('conflict', busyText, isId('run', runId) ? { run_id: runId } : {});
}

async function waitForAnswer(deps: SendMessageDeps, target: SendTarget, body: SendBody, context: RequestContext): Promise<unknown> {
  const accepted = await submitMessage(deps, target, body, { runType: 'send_message', background: false, callbackUrl: null }, context);
  const events = await deps.events.waitForEnd(accepted.runId, context.signal);
  const end = events?.at(-1);
  if (context.signal.aborted) return answered;
  if (events === null || end?.kind !== 'end') throw new RequestError('gone', `Run ${accepted.runId} was deleted before it ended`);
  context.response.once('finish', () => deps.answeredRuns.mark(accepted.runId));
  if (end.payload.error !== null) {
    const { status, headers, body: error } = runErrorResponse(end.payload.error);
    context.response.status(status).set(headers).json(error);
    return answered;
  }
  // V1 tells of compactions in streams only.
  const presentation = presentationOf(accepted.agentType, { ...body, include_compaction_messages: false });
  return presentAnswer(events, presentation, body.include_return_message_types ?? null);
}

export async function streamAnswer(deps: SendMessageDeps, target: SendTarget, body: SendBody, context: RequestContext): Promise<unknown> {
  const accepted = await submitMessage(deps, target, body, streamingKind(body), context);
  if (await streamRun(deps, requestedStream(accepted, body), context)) deps.answeredRuns.mark(accepted.runId);
  return answered;
}

export function streamingKind(body: SendBody): SendKind {
  return { runType: 'send_message_streaming', background: body.background, callbackUrl: null, streamTokens: body.stream_tokens };
}
