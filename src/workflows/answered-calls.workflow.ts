import type { StepInput, StepOutcome } from '../domain/agent-loop/loop-types.js';
import { runAnsweredCalls } from '../domain/agent-loop/run-answered-calls.js';
import { stepPorts } from './step-ports.js';

/** Carries out the answers to an approval request, as step 0 of the run that brought them. */
export async function answeredCalls(input: StepInput): Promise<StepOutcome> {
  return runAnsweredCalls(stepPorts(input), input);
}
