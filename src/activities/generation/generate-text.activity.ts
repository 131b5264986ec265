import { ApplicationFailure, Context, log } from '@temporalio/activity';
import type { RunError } from '../../domain/agent-loop/loop-types.js';
import { textOfResponse, toModelRequest } from '../../domain/generation/generation-request.js';
import { chooseModel } from '../../domain/model/choose-model.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import { ModelError } from '../../domain/model/model-error.js';
import type { TraceLimits } from '../../domain/traces/traceable-json.js';
import { chargeId } from '../../repositories/budgets.repository.js';
import type { GenerationsRepository, OpenGeneration } from '../../repositories/generations.repository.js';
import type { ProviderTracesRepository, WireTrace } from '../../repositories/provider-traces.repository.js';
import { untilDatabaseAnswers, withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { budgetedRequest, chargeFor } from '../llm/budgeted-call.js';
import type { BudgetDeps } from '../llm/budgeted-call.js';
import { toActivityFailure } from '../llm/model-failure.js';
import type { ModelRetries } from '../llm/model-failure.js';
import { createWireRecorder } from '../llm/wire-recorder.js';
import type { WireRecorder } from '../llm/wire-recorder.js';

export interface GenerateTextDeps extends BudgetDeps {
  readonly generations: GenerationsRepository;
  readonly models: ModelCatalog;
  readonly modelRetries: ModelRetries;
  readonly traces: Pick<ProviderTracesRepository, 'addOfGeneration'>;
  readonly traceLimits: TraceLimits | null;
}

export interface GenerationInput {
  readonly generationId: string;
}

export function createGenerateText(deps: GenerateTextDeps) {
  /** Asks an agent's model for a text, unless it was asked before; the answer stays in the database. */
  return function generateText({ generationId }: GenerationInput): Promise<void> {
    return withHeartbeat(() =>
      withDatabaseFailures(async () => {
        const open = await deps.generations.findOpen(generationId);
        if (open === null) return;
        const wire = createWireRecorder(deps.traceLimits);
        try {
          await generate(deps, generationId, open, wire);
        } catch (error) {
          if (!(error instanceof ModelError)) throw error;
          await keepTrace(deps, generationId, wire.trace(error));
          throw toActivityFailure(error, deps.modelRetries, false);
        }
      }),
    );
  };
}

async function generate(deps: GenerateTextDeps, id: string, open: OpenGeneration, wire: WireRecorder): Promise<void> {
  const { agentId, agentBudget, request } = open;
  const wishes = { override: request.overrideModel, conversationModel: null, configChanges: null };
  const config = await chooseModel(deps.models, open.config, wishes);
  // Each try is a call of its own.
  const call = { id: chargeId(id, Context.current().info.attempt), agentId, runId: id, stepId: null };
  const budgets = { requested: null, agent: agentBudget, clockStart: null, continues: false };
  const plan = await budgetedRequest(deps, call, budgets, config, capped => toModelRequest(request, capped));
  if (plan.kind === 'refused') {
    if (plan.end.error !== null) await deps.generations.fail(id, plan.end.error);
    return;
  }
  const signal = Context.current().cancellationSignal;
  const response = await deps.models.languageModel(config).complete(plan.request, () => undefined, signal, wire.observer);
  const charge = chargeFor(deps.prices, plan.request, response);
  await untilDatabaseAnswers(signal, () => deps.budgets.charge(call, charge));
  if (response.finishReason === 'cancelled') throw ApplicationFailure.retryable('The worker is going down', 'WorkerShutdown');
  const result = { content: textOfResponse(request, response), model: config.model, usage: response.usage, cost: charge.cost };
  await keepTrace(deps, id, wire.trace());
  await untilDatabaseAnswers(signal, () => deps.generations.complete(id, result));
}

/** The answer counts more than its trace. */
async function keepTrace({ traces }: GenerateTextDeps, id: string, trace: WireTrace | null): Promise<void> {
  if (trace === null) return;
  await traces.addOfGeneration(id, Context.current().info.attempt, trace).catch((error: unknown) => {
    log.warn('the trace of a generation was not kept', { generationId: id, error });
  });
}

/** What a generation ends with whose calls have failed for good. */
export function createFailGeneration({ generations }: Pick<GenerateTextDeps, 'generations'>) {
  return function failGeneration({ generationId, error }: GenerationInput & { readonly error: RunError }): Promise<void> {
    return withDatabaseFailures(() => generations.fail(generationId, error));
  };
}
