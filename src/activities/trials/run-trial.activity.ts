import { cutOffText } from '../../domain/agent-loop/step-messages.js';
import type { RetryClass } from '../../domain/tools/builtin-tool.js';
import type { TrialResult } from '../../domain/tools/tool-trial.js';
import type { ToolTrialsRepository } from '../../repositories/tool-trials.repository.js';
import { untilDatabaseAnswers, withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { executeTool, interruptionOf } from '../tools/execute-tool.js';
import type { ExecuteToolDeps } from '../tools/execute-tool.js';
import { untakenText } from '../tools/tool-return.js';
import { toTrialResult } from './trial-result.js';

export interface RunTrialDeps extends ExecuteToolDeps {
  readonly toolTrials: ToolTrialsRepository;
}

export interface RunTrialInput {
  readonly trialId: string;
  readonly retryClass: RetryClass;
}

export interface SettleTrialInput {
  readonly trialId: string;
  /** Set when no worker for sandboxes has taken it within this time, in ms. */
  readonly untakenMs?: number;
}

export function createRunTrial(deps: RunTrialDeps) {
  /** Runs a tool outside of any run and keeps its result. As with calls of runs, `started` is committed before and the result after. */
  return function runTrial(input: RunTrialInput): Promise<void> {
    return withHeartbeat(() => withDatabaseFailures(() => runOnce(deps, input)));
  };
}

async function runOnce(deps: RunTrialDeps, { trialId, retryClass }: RunTrialInput): Promise<void> {
  const signal = interruptionOf(deps, retryClass);
  const { toolTrials } = deps;
  const begun = await untilDatabaseAnswers(signal, () => toolTrials.begin(trialId));
  if (begun === null || begun.state === 'ended') return;
  const { context, args, call } = begun;
  if (begun.state === 'started-before' && retryClass === 'never')
    return toolTrials.end(trialId, 'cut_off', failed(cutOffText(call.toolName)));
  const result = await executeTool(deps, { context, args, timeoutMs: call.timeoutMs, retryClass }, signal);
  await untilDatabaseAnswers(signal, () => toolTrials.end(trialId, 'finished', toTrialResult(context, result)));
}

export function createSettleTrial({ toolTrials }: Pick<RunTrialDeps, 'toolTrials'>) {
  /** Ends a trial whose activity did not come back. A result that is stored wins; one that has not started is kept from ever starting. */
  return function settleTrial({ trialId, untakenMs }: SettleTrialInput): Promise<void> {
    return withDatabaseFailures(async () => {
      const begun = await toolTrials.begin(trialId);
      if (begun === null || begun.state === 'ended') return;
      const { toolName } = begun.call;
      const isUntaken = begun.state === 'new' && untakenMs !== undefined;
      await toolTrials.end(trialId, 'cut_off', isUntaken ? failed(untakenText(toolName, untakenMs)) : failed(cutOffText(toolName)));
    });
  };
}

function failed(value: string): TrialResult {
  return { status: 'error', value, stdout: null, stderr: null };
}
