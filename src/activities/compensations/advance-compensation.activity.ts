import { unpackToolReturn } from '../../domain/tools/pack-tool-return.js';
import { parseArguments } from '../../domain/tools/parse-arguments.js';
import { trialCallOf } from '../../domain/tools/trial-call.js';
import type { TrialCall } from '../../domain/tools/tool-trial.js';
import { UndoArgumentError, undoArguments } from '../../domain/tools/tool-undo.js';
import type { LoopTimeouts } from '../../domain/agent-loop/loop-types.js';
import type { CompensationsRepository, WaitingCompensation } from '../../repositories/compensations.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { defaultTimeout } from '../tools/call-facts.js';
import type { DefaultTimeouts } from '../tools/call-facts.js';

export interface AdvanceCompensationDeps {
  readonly compensations: Pick<CompensationsRepository, 'running' | 'nextWaiting' | 'start' | 'end'>;
  readonly toolTimeouts: DefaultTimeouts;
  readonly timeouts: LoopTimeouts;
}

/** A call outside of runs that is to be carried out, by its trial's id. */
export interface DueUndo {
  readonly trialId: string;
  readonly call: TrialCall;
  readonly timeouts: LoopTimeouts;
}

export function createAdvanceCompensation(deps: AdvanceCompensationDeps) {
  /** Notes how the undo that was under way has ended, and starts the next one. Null when none is left. A failure holds up no other. */
  return function advanceCompensation({ runId }: { readonly runId: string }): Promise<DueUndo | null> {
    return withDatabaseFailures(async () => {
      const { compensations, timeouts } = deps;
      const running = await compensations.running(runId);
      if (running !== null && running.result === null) return { trialId: running.id, call: running.call, timeouts };
      if (running !== null) await compensations.end(runId, running.id, errorOf(running.result));
      for (;;) {
        const next = await compensations.nextWaiting(runId);
        if (next === null) return null;
        const started = await start(deps, next);
        if (typeof started !== 'string') return { trialId: next.id, call: started, timeouts };
        await compensations.end(runId, next.id, started);
      }
    });
  };
}

function errorOf(result: { readonly status: string; readonly value: unknown } | null): string | null {
  if (result === null || result.status === 'success') return null;
  return typeof result.value === 'string' ? result.value : JSON.stringify(result.value);
}

/** A text = why it cannot be done. */
async function start({ compensations, toolTimeouts }: AdvanceCompensationDeps, next: WaitingCompensation): Promise<TrialCall | string> {
  const { undo, tool } = next;
  if (tool === null) return `There is no tool with the name ${undo.toolName}`;
  try {
    const undone = { arguments: parseArguments(next.arguments).arguments, result: valueOf(next.result.content) };
    const call = trialCallOf(tool, defaultTimeout(tool, toolTimeouts));
    await compensations.start(next, tool.id, { args: undoArguments(undo.arguments, undone), source: null, call });
    return call;
  } catch (error) {
    if (error instanceof UndoArgumentError) return error.message;
    throw error;
  }
}

/** What the tool returned: JSON where it is some. */
function valueOf(content: string): unknown {
  const { message } = unpackToolReturn(content, 'success');
  try {
    return JSON.parse(message) as unknown;
  } catch {
    return message;
  }
}
