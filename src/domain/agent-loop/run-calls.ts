import type { CallFacts, ToolCallInput, ToolCallOutcome } from './loop-types.js';

export interface ToolCallPort {
  runToolCall(input: ToolCallInput): Promise<ToolCallOutcome>;
}

/** Calls that may run side by side do so first; the others follow one by one, in order. */
export async function runCalls(
  ports: ToolCallPort,
  place: Omit<ToolCallInput, 'call'>,
  calls: readonly CallFacts[],
): Promise<ToolCallOutcome[]> {
  const run = (call: CallFacts): Promise<ToolCallOutcome> => ports.runToolCall({ ...place, call });
  const outcomes = await Promise.all(calls.filter(call => call.parallel).map(run));
  for (const call of calls.filter(candidate => !candidate.parallel)) {
    if (outcomes.some(outcome => outcome.cancelled)) break;
    outcomes.push(await run(call));
  }
  return outcomes.sort((a, b) => a.index - b.index);
}
