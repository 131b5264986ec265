import type { StepInput, StepOutcome } from '../domain/agent-loop/loop-types.js';
import { runAgentStep } from '../domain/agent-loop/run-agent-step.js';
import { stepPorts } from './step-ports.js';

/** One step of a run: a model call, its tool calls, and their commit. */
export async function agentStep(input: StepInput): Promise<StepOutcome> {
  return runAgentStep(stepPorts(input), input);
}
