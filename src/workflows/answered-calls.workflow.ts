import type { StepInput, StepOutcome } from '../domain/agent-loop/loop-types.js';
import { runAnsweredCalls } from '../domain/agent-loop/run-answered-calls.js';
import { asChild } from './agent-step.workflow.js';

/** Carries out the answers to an approval request, as step 0 of the run that brought them. */
export function answeredCalls(input: StepInput): Promise<StepOutcome> {
  return asChild(input, ports => runAnsweredCalls(ports, input));
}
