import { randomUUID } from 'node:crypto';
import type { CompactionSettingsBody } from '../../../contract/model-config.contract.js';
import { RequestError } from '../../../domain/errors.js';
import type { RunEventLog } from '../../../events/run-event-log.js';
import type { CompactionRepository } from '../../../repositories/compaction.repository.js';
import type { RunSubmitter } from '../../../temporal/submit-run.js';
import { runErrorResponse } from '../../error-response.js';
import { answered } from '../../mount-route.js';
import type { RequestContext } from '../../mount-route.js';
import { toCompactionChanges } from '../agents/compaction-settings.js';
import type { AnsweredRuns } from '../messages/answered-runs.js';
import { requireAccepted } from '../messages/send-message.js';
import { repeatKeys } from '../messages/to-run-request.js';
import type { RunDefaults } from '../messages/to-run-request.js';
import type { FoundConversation } from './find-conversation.js';

export interface CompactConversationDeps {
  readonly compactions: Pick<CompactionRepository, 'outcomeOfCommand'>;
  readonly submitter: RunSubmitter;
  readonly answeredRuns: AnsweredRuns;
  readonly events: Pick<RunEventLog, 'waitForEnd'>;
  readonly runDefaults: RunDefaults;
}

interface CompactionBody {
  readonly compaction_settings?: CompactionSettingsBody | null | undefined;
}

/** Queues the command like a run, waits for its end and tells what came of it. A request that is sent again meets the command of the first one. */
export async function compactConversation(
  deps: CompactConversationDeps,
  conversation: FoundConversation,
  body: CompactionBody,
  context: RequestContext,
): Promise<unknown> {
  const compaction = body.compaction_settings == null ? null : toCompactionChanges(body.compaction_settings);
  const { runId } = requireAccepted(
    conversation.agentId,
    await deps.submitter.submit({
      runId: `command-${randomUUID()}`,
      command: 'compact',
      organizationId: context.organizationId,
      agentId: conversation.agentId,
      conversationId: conversation.id,
      input: [],
      answer: null,
      options: {
        compaction,
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
      ...repeatKeys(context.request, body),
    }),
  );
  const end = (await deps.events.waitForEnd(runId, context.signal))?.at(-1);
  if (context.signal.aborted) return answered;
  if (end?.kind !== 'end') throw new RequestError('gone', 'The command was deleted before it ended');
  context.response.once('finish', () => deps.answeredRuns.mark(runId));
  if (end.payload.error !== null) {
    const { status, headers, body: error } = runErrorResponse(end.payload.error);
    context.response.status(status).set(headers).json(error);
    return answered;
  }
  if (end.payload.stopReason === 'cancelled') throw new RequestError('conflict', 'The compaction was cancelled');
  const outcome = await deps.compactions.outcomeOfCommand(runId);
  if (outcome === null)
    throw new RequestError('invalid', 'There is nothing to gain: the compaction would not reduce the number of messages');
  return { summary: outcome.summary, num_messages_before: outcome.messagesBefore, num_messages_after: outcome.messagesAfter };
}
