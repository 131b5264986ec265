import { randomUUID } from 'node:crypto';
import type { ConversationCommand } from '../../../domain/agent-loop/loop-types.js';
import { RequestError } from '../../../domain/errors.js';
import type { RunOptions } from '../../../domain/runs/run-request.js';
import type { RunEventLog } from '../../../events/run-event-log.js';
import type { RunSubmitter } from '../../../temporal/submit-run.js';
import { runErrorResponse } from '../../error-response.js';
import type { RequestContext } from '../../mount-route.js';
import type { AnsweredRuns } from '../messages/answered-runs.js';
import { requireAccepted } from '../messages/send-message.js';
import { repeatKeys } from '../messages/to-run-request.js';
import type { RunDefaults } from '../messages/to-run-request.js';
import type { FoundConversation } from './find-conversation.js';

export interface RunCommandDeps {
  readonly submitter: RunSubmitter;
  readonly answeredRuns: AnsweredRuns;
  readonly events: Pick<RunEventLog, 'waitForEnd'>;
  readonly runDefaults: RunDefaults;
}

export interface CommandOrder {
  readonly command: ConversationCommand;
  readonly options: Pick<RunOptions, 'compaction' | 'undoesCompaction'>;
  /** For what a request without a key is recognised by. */
  readonly body: object;
}

/**
 * Queues a command like a run and waits for its end. A request that is sent again meets the command of the first one. The command's id, or null when the
 * request was answered here, because the command has failed or its client has left.
 */
export async function runCommand(
  deps: RunCommandDeps,
  conversation: FoundConversation,
  order: CommandOrder,
  context: RequestContext,
): Promise<string | null> {
  const { runId } = requireAccepted(
    conversation.agentId,
    await deps.submitter.submit({
      runId: `command-${randomUUID()}`,
      command: order.command,
      organizationId: context.organizationId,
      agentId: conversation.agentId,
      conversationId: conversation.id,
      input: [],
      answer: null,
      options: {
        ...order.options,
        maxSteps: deps.runDefaults.maxSteps,
        overrideModel: null,
        overrideSystem: null,
        requestLogId: null,
        traceId: null,
        clientTools: [],
        clientSkills: [],
      },
      requestConfig: null,
      isolation: deps.runDefaults.isolation,
      background: false,
      metadata: {},
      callbackUrl: null,
      onBusy: 'enqueue',
      routeOnBusy: 'enqueue',
      onPending: 'reject',
      refusesAsRun: false,
      clientOtid: null,
      ...repeatKeys(context.request, order.body),
    }),
  );
  const end = (await deps.events.waitForEnd(runId, context.signal))?.at(-1);
  if (context.signal.aborted) return null;
  if (end?.kind !== 'end') throw new RequestError('gone', 'The command was deleted before it ended');
  context.response.once('finish', () => deps.answeredRuns.mark(runId));
  if (end.payload.error !== null) {
    const { status, headers, body: error } = runErrorResponse(end.payload.error);
    context.response.status(status).set(headers).json(error);
    return null;
  }
  if (end.payload.stopReason === 'cancelled') throw new RequestError('conflict', 'The command was cancelled');
  return runId;
}
