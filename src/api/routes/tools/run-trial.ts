import { randomUUID } from 'node:crypto';
import { RequestError } from '../../../domain/errors.js';
import { idPrefixes } from '../../../domain/ids.js';
import type { TrialResult } from '../../../domain/tools/tool-trial.js';
import type { NewTrial, StartableTrial, ToolTrialsRepository } from '../../../repositories/tool-trials.repository.js';
import type { ToolTrialClient } from '../../../temporal/tool-trial-client.js';
import type { RequestContext } from '../../mount-route.js';
import { repeatKeys } from '../messages/to-run-request.js';

export interface RunTrialDeps {
  readonly toolTrials: Pick<ToolTrialsRepository, 'accept' | 'outcome'>;
  readonly toolTrialClient: ToolTrialClient;
}

/** `compared` = what tells a request that is sent again from another one, without secrets: a hash of it is kept. */
export interface TrialOrder extends Pick<NewTrial, 'agentId' | 'toolId' | 'request'> {
  readonly compared: unknown;
}

/** Before Temporal is asked again, in ms. */
const pauseMs = 500;

/** Runs a tool on a worker, outside of any run, and waits for what comes of it. Null when the client has gone: the call goes on without it. */
export async function runTrial(
  deps: RunTrialDeps,
  { compared, ...order }: TrialOrder,
  context: RequestContext,
): Promise<TrialResult | null> {
  const id = await deps.toolTrials.accept({
    ...order,
    id: `${idPrefixes.toolTrial}-${randomUUID()}`,
    organizationId: context.organizationId,
    ...repeatKeys(context.request, compared),
  });
  return outcomeOf(deps, { id, agentId: order.agentId, call: order.request.call }, context.signal);
}

/** The row says what came of it, and Temporal when to look. */
async function outcomeOf(
  { toolTrials, toolTrialClient }: RunTrialDeps,
  trial: StartableTrial,
  signal: AbortSignal,
): Promise<TrialResult | null> {
  for (;;) {
    const outcome = await toolTrials.outcome(trial.id);
    if (outcome === undefined) throw new RequestError('gone', 'The agent was deleted before its tool had ended');
    if (outcome !== null) return outcome;
    try {
      await toolTrialClient.start(trial);
      await toolTrialClient.untilEnded(trial.id, signal);
    } catch {
      // Temporal is away, or the execution was ended by force: the row is looked at again, and reconcile starts what nobody has.
      await new Promise(resolve => setTimeout(resolve, pauseMs));
    }
    if (signal.aborted) return null;
  }
}
