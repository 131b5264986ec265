import { randomUUID } from 'node:crypto';
import { ApplicationFailure, Context, log } from '@temporalio/activity';
import type { ModelCallInput, ModelOutcome } from '../../domain/agent-loop/loop-types.js';
import { afterAnswer, afterRefusal } from '../../domain/context-window/token-calibration.js';
import { chooseModel, chooseModelOrOwn } from '../../domain/model/choose-model.js';
import type { ModelWishes } from '../../domain/model/choose-model.js';
import type { LanguageModel, ModelDelta, ModelResponse } from '../../domain/model/language-model.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import type { ModelConfig } from '../../domain/model/model-config.js';
import { ModelError } from '../../domain/model/model-error.js';
import { heldBackDeltas, isShownAtOnce, shapeCalls } from '../../domain/tool-rules/shape-calls.js';
import type { RunEventLog } from '../../events/run-event-log.js';
import type { ProviderTracesRepository } from '../../repositories/provider-traces.repository.js';
import type { TraceLimits } from '../../domain/traces/traceable-json.js';
import { chargeId } from '../../repositories/budgets.repository.js';
import type { CompactionRepository } from '../../repositories/compaction.repository.js';
import type { ModelCallContext, ModelCallsRepository } from '../../repositories/model-calls.repository.js';
import { untilDatabaseAnswers, withDatabaseFailures } from '../database-failure.js';
import { isCancelWanted, withHeartbeat } from '../heartbeat.js';
import { awaitsAnswer, callFacts } from '../tools/call-facts.js';
import type { DefaultTimeouts } from '../tools/call-facts.js';
import { callRules } from '../tools/call-rules.js';
import type { CallRules } from '../tools/call-rules.js';
import { budgetedRequest, chargeFor } from './budgeted-call.js';
import type { BudgetDeps, PlannedRequest } from './budgeted-call.js';
import { asksForThoughts, buildModelRequest } from './build-model-request.js';
import { createDeltaWriter } from './delta-writer.js';
import { toActivityFailure } from './model-failure.js';
import type { ModelRetries } from './model-failure.js';
import { gaugeRequest, isTooLong } from './gauge-request.js';
import type { GaugedRequest } from './gauge-request.js';
import { createWireRecorder } from './wire-recorder.js';
import type { WireRecorder } from './wire-recorder.js';

type Answer = { readonly kind: 'answered'; readonly response: ModelResponse } | Extract<PlannedRequest, { kind: 'refused' }>;

export interface CallModelDeps extends BudgetDeps {
  readonly compactions: Pick<CompactionRepository, 'calibrate'>;
  readonly modelCalls: ModelCallsRepository;
  readonly events: Pick<RunEventLog, 'appendDeltas' | 'announce'>;
  readonly models: ModelCatalog;
  readonly modelRetries: ModelRetries;
  /** For tools that name no timeout of their own. */
  readonly toolTimeouts: DefaultTimeouts;
  readonly traces: Pick<ProviderTracesRepository, 'add'>;
  /** What is kept of calls on the wire; null = nothing. */
  readonly traceLimits: TraceLimits | null;
}

/** How full the window may get before the context is compacted after the step. */
const compactionThreshold = 0.9;

export function createCallModel(deps: CallModelDeps) {
  /** Asks the agent's model, unless its answer is stored already. Facts go back to the workflow; the answer stays in the database. */
  return function callModel(input: ModelCallInput): Promise<ModelOutcome> {
    return withHeartbeat(() =>
      withDatabaseFailures(async () => {
        const messageId = `message-${randomUUID()}`;
        const context = await deps.modelCalls.beginCall(input, messageId);
        if (context === null || !context.runOpen) return { kind: 'run-closed' };
        const rules = callRules({ ...context, clientTools: context.options.clientTools });
        if (context.stored !== null) {
          const { contextWindow } = await chooseModelOrOwn(deps.models, context.config, wishesOf(context));
          return toOutcome(deps, { rules, contextWindow, ordinal: context.stored.ordinal, response: context.stored.response });
        }
        if (context.cancelRequested || context.attempt === 0) return { kind: 'cancelled' };
        let gauged: GaugedRequest | null = null;
        try {
          const config = await configOf(deps, context);
          gauged = gaugeRequest(context, config, rules);
          if (input.checksWindow && isTooLong(gauged)) return { kind: 'context-overflow', isRefused: false };
          const answer = await ask(deps, input, { context, config, rules, messageId, gauged });
          if (answer.kind === 'refused') return { kind: 'failed', end: answer.end };
          return toOutcome(deps, { rules, contextWindow: config.contextWindow, ordinal: input.ordinal, response: answer.response });
        } catch (error) {
          if (!(error instanceof ModelError)) throw error;
          if (error.kind === 'context_window_exceeded') return noteOverflow(deps, context, gauged);
          log.warn('model call failed', { runId: input.runId, kind: error.kind, retryable: error.retryable });
          throw toActivityFailure(error, deps.modelRetries, input.stepNumber === 1);
        }
      }),
    );
  };
}

/** The provider has seen more tokens than were expected: what follows goes by that. */
async function noteOverflow(
  deps: CallModelDeps,
  { conversationId }: ModelCallContext,
  gauged: GaugedRequest | null,
): Promise<ModelOutcome> {
  if (gauged !== null) {
    const calibration = afterRefusal(gauged.gauge, gauged.estimatedTokens, 1);
    await deps.compactions.calibrate(conversationId, gauged.modelHandle, calibration);
  }
  return { kind: 'context-overflow', isRefused: true };
}

interface Attempt {
  readonly context: ModelCallContext;
  readonly config: ModelConfig;
  readonly rules: CallRules;
  readonly messageId: string;
  readonly gauged: GaugedRequest;
}

/** Streams the answer into the log; its last pieces and the stored answer are one commit. */
async function ask(deps: CallModelDeps, input: ModelCallInput, attempt: Attempt): Promise<Answer> {
  const plan = await planOf(deps, input, attempt);
  if (plan.kind === 'refused') return plan;
  const { request } = plan;
  const { context, config, rules, messageId } = attempt;
  const fence = new AbortController();
  const writer = createDeltaWriter({
    messageId,
    stepId: context.stepId,
    thoughtsInArguments: asksForThoughts(context, config),
    awaitsAnswer: toolName => awaitsAnswer(rules, toolName),
    append: deltas => deps.events.appendDeltas(input.runId, context.attempt, deltas),
    onStop: reason => fence.abort(reason),
  });
  const model: LanguageModel = deps.models.languageModel(config);
  const signal = AbortSignal.any([fence.signal, Context.current().cancellationSignal]);
  const shape = { parallel: request.parallelToolCalls, prefilled: rules.verdict.prefilled };
  const show = (delta: ModelDelta): void => {
    if (isShownAtOnce(delta, shape)) writer.push(delta);
  };
  const requestedAt = new Date();
  const began = process.hrtime.bigint();
  const wire = createWireRecorder(deps.traceLimits);
  const completed = await model
    .complete(request, show, signal, wire.observer)
    .catch((error: unknown) => traceFailure(deps, input, context, wire, error));
  const requestNs = process.hrtime.bigint() - began;
  const charge = chargeFor(deps.prices, request, completed);
  const shaped = shapeCalls(completed, shape);
  for (const delta of heldBackDeltas(shaped, shape)) writer.push(delta);
  const response = shaped.finishReason === 'length' && plan.end !== null ? { ...shaped, budgetEnd: plan.end } : shaped;
  const lastDeltas = await writer.drain();
  if (fence.signal.aborted) throw ApplicationFailure.retryable('The attempt was given up', 'AttemptFenced', String(fence.signal.reason));
  if (Context.current().cancellationSignal.aborted && !isCancelWanted())
    throw ApplicationFailure.retryable('The worker is going down', 'WorkerShutdown');
  const trace = wire.trace();
  const counted = { calibration: afterAnswer(attempt.gauged.estimatedTokens, completed.usage.promptTokens), modelHandle: config.handle };
  const stored = await untilDatabaseAnswers(Context.current().cancellationSignal, () =>
    deps.modelCalls.storeResponse(
      input,
      context.attempt,
      { response, messageId, requestedAt, requestNs, trace, charge, ...counted },
      lastDeltas,
    ),
  );
  if (!stored) throw ApplicationFailure.retryable('A newer attempt of this model call has begun', 'AttemptFenced');
  if (lastDeltas.length > 0) deps.events.announce(input.runId, false);
  return { kind: 'answered', response };
}

function planOf(deps: CallModelDeps, input: ModelCallInput, { context, config, rules }: Attempt): Promise<PlannedRequest> {
  const { stepId, agentId, attempt } = context;
  const call = { id: chargeId(stepId, input.ordinal, attempt), agentId, runId: input.runId, stepId };
  const budgets = {
    requested: context.options.budget ?? null,
    agent: context.agentBudget,
    clockStart: context.clockStart,
    continues: true,
  };
  return budgetedRequest(deps, call, budgets, config, capped => buildModelRequest(context, capped, rules.verdict));
}

/** Keeps what a failed call had on the wire, as far as the database lets it: the failure counts more than its trace. */
async function traceFailure(
  deps: CallModelDeps,
  { runId, ordinal }: ModelCallInput,
  { stepId, attempt }: ModelCallContext,
  wire: WireRecorder,
  error: unknown,
): Promise<never> {
  const trace = error instanceof ModelError ? wire.trace(error) : null;
  if (trace !== null) {
    await deps.traces
      .add({ ...trace, key: [stepId, ordinal, attempt], runId, stepId, callType: 'agent_step' })
      .catch((failure: unknown) => {
        log.warn('the trace of a failed model call was not kept', { runId, error: failure });
      });
  }
  throw error;
}

async function configOf(deps: CallModelDeps, context: ModelCallContext): Promise<ModelConfig> {
  const config = await chooseModel(deps.models, context.config, wishesOf(context));
  if (config.handle !== context.config.handle) await deps.modelCalls.nameModel(context.stepId, config);
  return config;
}

function wishesOf({ options, conversationModel, configChanges }: ModelCallContext): ModelWishes {
  return { override: options.overrideModel, conversationModel, configChanges };
}

interface JudgedResponse {
  readonly rules: CallRules;
  /** Tokens. */
  readonly contextWindow: number;
  readonly ordinal: number;
  readonly response: ModelResponse;
}

/** The same for a stored answer: the rules look at the steps before this one only. */
function toOutcome(deps: CallModelDeps, { rules, contextWindow, ordinal, response }: JudgedResponse): ModelOutcome {
  return {
    kind: 'response',
    ordinal,
    finish: response.finishReason === 'tool_calls' ? 'stop' : response.finishReason,
    calls: response.toolCalls.map((call, index) => callFacts(call, index, rules, deps.toolTimeouts)),
    budgetEnd: response.budgetEnd ?? null,
    overThreshold: response.usage.totalTokens > Math.floor(compactionThreshold * contextWindow),
    uncalledRequired: rules.verdict.uncalledRequired,
  };
}
