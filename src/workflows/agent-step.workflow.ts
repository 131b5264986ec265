import type { StepInput, StepOutcome } from '../domain/agent-loop/loop-types.js';
import { runAgentStep } from '../domain/agent-loop/run-agent-step.js';
import { showStep } from './current-details.js';
import { createParentReporter, createStepReporter } from './step-activity.js';
import { stepPorts } from './step-ports.js';
import type { StepPorts } from './step-ports.js';

/** One step of a run: a model call, its tool calls, and their commit. */
export function agentStep(input: StepInput): Promise<StepOutcome> {
  return asChild(input, ports => runAgentStep(ports, input));
}

/** What a child of a conversation does, shown by itself and told to the conversation. */
export async function asChild(input: StepInput, work: (ports: StepPorts) => Promise<StepOutcome>): Promise<StepOutcome> {
  const conversation = createParentReporter();
  let isFirst = true;
  const reporter = createStepReporter(activity => {
    showStep(input, activity);
    // A conversation that has started a step knows that it begins with the model.
    if (!isFirst || activity.kind !== 'model') conversation.tell(activity);
    isFirst = false;
  });
  const outcome = await work(stepPorts(input, reporter));
  await conversation.arrived();
  return outcome;
}
