import { decideNext } from './decide-next.js';
import { runCalls } from './run-calls.js';
import type {
  ModelCallInput,
  ModelOutcome,
  PersistedStep,
  PersistStepInput,
  RunEnd,
  StepDecision,
  StepInput,
  StepOutcome,
  SummarizeInput,
  SummarizeOutcome,
  ToolCallInput,
  ToolCallOutcome,
} from './loop-types.js';

/** What a step does to the world. Each call is idempotent by its input: a step that is run again finds what the first run stored. */
export interface AgentStepPorts {
  callModel(input: ModelCallInput): Promise<ModelOutcome>;
  runToolCall(input: ToolCallInput): Promise<ToolCallOutcome>;
  summarize(input: SummarizeInput): Promise<SummarizeOutcome>;
  persistStep(input: PersistStepInput): Promise<PersistedStep>;
}

/** Compactions in one step before an overflowing context counts as an error. */
const maxCompactions = 3;

/** One step: ask the model, run its calls, commit all of it, decide what follows. */
export async function runAgentStep(ports: AgentStepPorts, input: StepInput): Promise<StepOutcome> {
  const { model, ordinal } = await callModelWithinWindow(ports, input);
  switch (model.kind) {
    case 'run-closed':
      return { kind: 'stop', end: { stopReason: 'cancelled', error: null } };
    case 'cancelled':
      return persist(ports, input, null, stopDecision({ stopReason: 'cancelled', error: null }));
    case 'failed':
      return persist(ports, input, null, stopDecision(model.end));
    case 'context-overflow':
      return persist(
        ports,
        input,
        null,
        stopDecision(overflowEnd('The conversation does not fit into the context window of the model, even after compaction.')),
      );
    case 'response': {
      const asking = model.finish === 'cancelled' ? [] : model.calls.filter(call => call.needsApproval);
      if (asking.length > 0) return persist(ports, input, ordinal, askDecision(asking.map(call => call.index)));
      const place = { runId: input.runId, stepNumber: input.number, ordinal };
      const outcomes = model.finish === 'cancelled' ? [] : await runCalls(ports, place, model.calls);
      const decision = decideNext({ traits: input.traits, response: model, outcomes, isLast: input.isLast });
      const outcome = await persist(ports, input, ordinal, decision);
      if (outcome.kind === 'continue' && model.overThreshold) {
        await ports.summarize({ ...passOf(input, ordinal), trigger: 'post_step_context_check', isPressing: false });
      }
      return outcome;
    }
  }
}

/** A prompt that seems too long is compacted before anybody is asked, one that was refused afterwards. What cannot be compacted is sent all the same. */
async function callModelWithinWindow(ports: AgentStepPorts, input: StepInput): Promise<{ model: ModelOutcome; ordinal: number }> {
  let checksWindow = true;
  for (let ordinal = 0; ; ordinal += 1) {
    const isLast = ordinal >= maxCompactions;
    checksWindow = checksWindow && !isLast;
    const model = await ports.callModel({ runId: input.runId, stepNumber: input.number, ordinal, checksWindow });
    if (model.kind !== 'context-overflow' || isLast) return { model, ordinal: model.kind === 'response' ? model.ordinal : ordinal };
    const trigger = model.isRefused ? 'context_window_exceeded' : 'pre_call_context_check';
    const summary = await ports.summarize({ ...passOf(input, ordinal), trigger, isPressing: ordinal > 0 });
    if (summary.kind === 'compacted') continue;
    if (summary.kind === 'failed' && summary.end !== undefined) return { model: { kind: 'failed', end: summary.end }, ordinal };
    if (model.isRefused) {
      const reason = summary.kind === 'failed' ? summary.message : 'There is nothing left to compact.';
      return { model: { kind: 'failed', end: overflowEnd(`The context window of the model is exceeded. ${reason}`) }, ordinal };
    }
    checksWindow = false;
  }
}

async function persist(ports: AgentStepPorts, input: StepInput, ordinal: number | null, decision: StepDecision): Promise<StepOutcome> {
  const persisted = await ports.persistStep({ runId: input.runId, stepNumber: input.number, ordinal, decision });
  return outcomeOfStep(decision, persisted);
}

/** What a committed step means for its run. */
export function outcomeOfStep(decision: StepDecision, persisted: PersistedStep): StepOutcome {
  if (decision.end !== null) return { kind: 'stop', end: decision.end };
  if (persisted.cancelRequested || !persisted.runOpen) return { kind: 'stop', end: { stopReason: 'cancelled', error: null } };
  return { kind: persisted.held ? 'held' : 'continue' };
}

/** None of the response's calls runs before the client has answered. */
function askDecision(awaits: readonly number[]): StepDecision {
  return { continues: false, end: { stopReason: 'requires_approval', error: null }, heartbeatReason: null, awaits };
}

function stopDecision(end: RunEnd): StepDecision {
  return { continues: false, end, heartbeatReason: null };
}

function overflowEnd(message: string): RunEnd {
  return {
    stopReason: 'context_window_overflow_in_system_prompt',
    error: { type: 'context_window_exceeded', message, detail: null, status: 400 },
  };
}

function passOf(input: StepInput, ordinal: number): Pick<SummarizeInput, 'runId' | 'conversationId' | 'stepNumber' | 'pass'> {
  return { runId: input.runId, conversationId: input.conversationId, stepNumber: input.number, pass: `${input.number}-${ordinal}` };
}
