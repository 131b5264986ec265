import { ApplicationFailure, CancelledFailure, Context } from '@temporalio/activity';
import type { RunEnd, SummarizeInput } from '../../domain/agent-loop/loop-types.js';
import { estimateRequestTokens } from '../../domain/context-window/estimate-request.js';
import type { ModelRequest, ModelResponse } from '../../domain/model/language-model.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import type { ModelConfig } from '../../domain/model/model-config.js';
import { ModelError } from '../../domain/model/model-error.js';
import type { TraceLimits } from '../../domain/traces/traceable-json.js';
import { chargeId } from '../../repositories/budgets.repository.js';
import type { CompactionContext, CompactionRepository } from '../../repositories/compaction.repository.js';
import type { ProviderTracesRepository } from '../../repositories/provider-traces.repository.js';
import { untilDatabaseAnswers } from '../database-failure.js';
import { isCancelWanted } from '../heartbeat.js';
import { budgetedRequest, chargeFor } from '../llm/budgeted-call.js';
import type { BudgetDeps } from '../llm/budgeted-call.js';
import { toActivityFailure } from '../llm/model-failure.js';
import type { ModelRetries } from '../llm/model-failure.js';
import { createWireRecorder } from '../llm/wire-recorder.js';

export interface SummaryCallDeps extends BudgetDeps {
  readonly compactions: Pick<CompactionRepository, 'storeAnswer'>;
  readonly models: Pick<ModelCatalog, 'languageModel'>;
  readonly modelRetries: ModelRetries;
  readonly traces: Pick<ProviderTracesRepository, 'add'>;
  readonly traceLimits: TraceLimits | null;
}

export interface SummaryCall {
  readonly compactionId: string;
  readonly input: SummarizeInput;
  readonly stepId: string | null;
  readonly context: CompactionContext;
  readonly requestKey: string;
  readonly config: ModelConfig;
  readonly build: (config: ModelConfig) => ModelRequest;
}

export type SummaryReply =
  /** Empty when the model said nothing of use. */
  | { readonly kind: 'answer'; readonly text: string }
  | { readonly kind: 'too-long'; readonly estimatedTokens: number }
  /** A budget does not allow the call. */
  | { readonly kind: 'refused'; readonly end: RunEnd };

/** Asks a model for a summary, unless its answer is stored. The answer is stored with what it has cost before anything is made of it. */
export async function askForSummary(deps: SummaryCallDeps, call: SummaryCall): Promise<SummaryReply> {
  const known = call.context.answers.get(call.requestKey);
  if (known !== undefined) return { kind: 'answer', text: known };
  const { runId } = call.input;
  const { cancellationSignal, info } = Context.current();
  // Each try is a call of its own.
  const id = chargeId(call.compactionId, call.requestKey, info.attempt);
  const charged = { id, agentId: call.context.agentId, runId, stepId: call.stepId };
  const plan = await budgetedRequest(deps, charged, { ...call.context.budgets, continues: false }, call.config, call.build);
  if (plan.kind === 'refused') return plan;
  const wire = createWireRecorder(deps.traceLimits);
  try {
    const response = await deps.models
      .languageModel(call.config)
      .complete(plan.request, () => undefined, cancellationSignal, wire.observer);
    const text = textOf(response);
    const answer = { compactionId: call.compactionId, requestKey: call.requestKey, text, call: charged };
    const charge = chargeFor(deps.prices, plan.request, response);
    if (response.finishReason === 'cancelled') {
      await deps.budgets.charge(charged, charge);
      if (isCancelWanted()) throw new CancelledFailure('The compaction was cancelled');
      throw ApplicationFailure.retryable('The worker is going down', 'WorkerShutdown');
    }
    await untilDatabaseAnswers(cancellationSignal, () => deps.compactions.storeAnswer({ ...answer, charge, trace: wire.trace() }));
    return { kind: 'answer', text };
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    const trace = wire.trace(error);
    if (trace !== null) await deps.traces.add({ ...trace, key: [id], runId, stepId: call.stepId, callType: 'summarization' });
    if (error.kind === 'context_window_exceeded') return { kind: 'too-long', estimatedTokens: estimateRequestTokens(plan.request) };
    throw toActivityFailure(error, deps.modelRetries, false);
  }
}

/** What a filter has cut off is no summary. */
function textOf({ content, finishReason }: ModelResponse): string {
  if (finishReason === 'content_filter') return '';
  return content
    .flatMap(part => (part.type === 'text' ? [part.text] : []))
    .join('')
    .trim();
}
