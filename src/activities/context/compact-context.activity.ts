import { Context } from '@temporalio/activity';
import type { RunEnd, SummarizeInput, SummarizeOutcome } from '../../domain/agent-loop/loop-types.js';
import { chooseMessagesToSummarize } from '../../domain/context-window/choose-messages-to-summarize.js';
import type { Eviction } from '../../domain/context-window/choose-messages-to-summarize.js';
import { estimateMessageTokens } from '../../domain/context-window/estimate-tokens.js';
import { mergeCompactionSettings } from '../../domain/context-window/compaction-settings.js';
import type { CompactionSettings } from '../../domain/context-window/compaction-settings.js';
import { plainMessage } from '../../domain/messages/message.js';
import type { Message } from '../../domain/messages/message.js';
import { packSummary } from '../../domain/messages/packed-summary.js';
import type { CompactionStats } from '../../domain/messages/packed-summary.js';
import { chooseWindow } from '../../domain/model/choose-model.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import { ModelError } from '../../domain/model/model-error.js';
import type { TraceLimits } from '../../domain/traces/traceable-json.js';
import { summarizeWorkflowId } from '../../domain/runs/execution-ids.js';
import type { RunEventLog } from '../../events/run-event-log.js';
import { chargeId } from '../../repositories/budgets.repository.js';
import type { ChargedCall } from '../../repositories/budgets.repository.js';
import type { CompactionContext, CompactionRepository } from '../../repositories/compaction.repository.js';
import { deriveId, stepId } from '../../repositories/derived-ids.js';
import type { ProviderTracesRepository, WireTrace } from '../../repositories/provider-traces.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { toActivityFailure } from '../llm/model-failure.js';
import { budgetedRequest, chargeFor } from '../llm/budgeted-call.js';
import type { BudgetDeps } from '../llm/budgeted-call.js';
import type { ModelRetries } from '../llm/model-failure.js';
import { createWireRecorder } from '../llm/wire-recorder.js';
import { chooseSummarizer, summaryRequest } from './summary-request.js';

export interface CompactContextDeps extends BudgetDeps {
  readonly compactions: CompactionRepository;
  readonly events: Pick<RunEventLog, 'announce'>;
  readonly models: ModelCatalog;
  readonly modelRetries: ModelRetries;
  readonly traces: Pick<ProviderTracesRepository, 'add'>;
  readonly traceLimits: TraceLimits | null;
}

export function createCompactContext(deps: CompactContextDeps) {
  /** Replaces the older part of a conversation's context by a summary of it. The messages themselves stay in the history. */
  return function compactContext(input: SummarizeInput): Promise<SummarizeOutcome> {
    return withHeartbeat(() => withDatabaseFailures(() => compact(deps, input)));
  };
}

async function compact(deps: CompactContextDeps, input: SummarizeInput): Promise<SummarizeOutcome> {
  const id = summarizeWorkflowId(input.runId, input.pass);
  const context = await deps.compactions.load(id, input.runId);
  if (context === null || !context.runOpen) return { kind: 'failed', message: 'The run has ended.' };
  if (context.alreadyDone) return { kind: 'compacted' };
  // Who asks for a compaction wants fewer messages afterwards: one for one is nothing gained.
  const least = input.trigger === 'manual' ? 2 : 1;
  const settings = mergeCompactionSettings(context.settings, context.requestedSettings);
  const wishes = { mode: settings.mode, share: settings.slidingWindowPercentage, least };
  const contextWindow = await chooseWindow(deps.models, context.config, context.wishes);
  const eviction = chooseMessagesToSummarize(context.messages, contextWindow, wishes);
  if (eviction === null || eviction.evicted.length < least) return { kind: 'nothing-to-compact' };
  const answer = await askForSummary(deps, input, context, { eviction, settings });
  if (typeof answer !== 'string') return { kind: 'failed', message: answer.error?.message ?? '', end: answer };
  const text = answer;
  const stats = statsOf(input, { messages: context.messages, contextWindow }, eviction, text);
  await deps.compactions.commit(
    {
      id,
      runId: input.runId,
      stepId: stepIdOf(input),
      summary: summaryMessage(id, input, context, eviction, { text, stats }),
      evicted: eviction.evicted.map(message => message.id),
      stats,
    },
    context.organizationId,
  );
  deps.events.announce(input.runId, false);
  return { kind: 'compacted' };
}

/** How the run has to end when its budget does not allow the call. */
async function askForSummary(
  deps: CompactContextDeps,
  input: SummarizeInput,
  context: CompactionContext,
  { eviction, settings }: { readonly eviction: Eviction; readonly settings: CompactionSettings },
): Promise<string | RunEnd> {
  const summarizer = await chooseSummarizer(deps.models, context.config, settings);
  const wire = createWireRecorder(deps.traceLimits);
  const call = callOf(input, context);
  const plan = await budgetedRequest(deps, call, { ...context.budgets, continues: false }, summarizer, config =>
    summaryRequest({ ...blank(context), config, settings, eviction }),
  );
  if (plan.kind === 'refused') return plan.end;
  try {
    const response = await deps.models
      .languageModel(summarizer)
      .complete(plan.request, () => undefined, Context.current().cancellationSignal, wire.observer);
    await deps.budgets.charge(call, chargeFor(deps.prices, plan.request, response));
    await keepTrace(deps, input, wire.trace());
    const text = response.content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('');
    if (text.trim() === '') throw new ModelError({ kind: 'llm_empty_response', message: 'The model summarized nothing', retryable: true });
    return clip(text, settings.clipChars);
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    await keepTrace(deps, input, wire.trace(error));
    throw toActivityFailure(error, deps.modelRetries, false);
  }
}

function stepIdOf({ runId, stepNumber }: SummarizeInput): string | null {
  return stepNumber === null ? null : stepId(runId, stepNumber);
}

/** Each try is a call of its own. */
function callOf(input: SummarizeInput, { agentId }: CompactionContext): ChargedCall {
  const id = chargeId(summarizeWorkflowId(input.runId, input.pass), Context.current().info.attempt);
  return { id, agentId, runId: input.runId, stepId: stepIdOf(input) };
}

/** Each try has its trace. */
async function keepTrace({ traces }: CompactContextDeps, input: SummarizeInput, trace: WireTrace | null): Promise<void> {
  if (trace === null) return;
  const key = [summarizeWorkflowId(input.runId, input.pass), Context.current().info.attempt];
  await traces.add({ ...trace, key, runId: input.runId, stepId: stepIdOf(input), callType: 'summarization' });
}

function clip(text: string, longest: number | null): string {
  return longest === null || text.length <= longest ? text : `${text.slice(0, longest)}... [summary truncated to fit]`;
}

function summaryMessage(
  id: string,
  input: SummarizeInput,
  context: CompactionContext,
  eviction: Eviction,
  summary: { readonly text: string; readonly stats: CompactionStats },
): Message {
  const hidden = eviction.mode === 'all' ? null : eviction.evicted.length;
  const text = packSummary({ summary: summary.text, stats: summary.stats }, hidden, { at: new Date(), timezone: context.timezone });
  return {
    ...blank(context),
    id: deriveId('message', id),
    runId: input.stepNumber === null ? null : input.runId,
    role: 'summary',
    content: [{ type: 'text', text }],
  };
}

function blank({ agentId, conversationId }: CompactionContext): Omit<Extract<Message, { role: 'user' }>, 'role' | 'content' | 'id'> {
  const createdAt = new Date().toISOString();
  return {
    agentId,
    conversationId,
    createdAt,
    ...plainMessage,
  };
}

function statsOf(
  input: SummarizeInput,
  context: Pick<CompactionContext, 'messages'> & { readonly contextWindow: number },
  { kept }: Eviction,
  summary: string,
): CompactionStats {
  const tokens = (messages: readonly Message[]): number => messages.reduce((sum, message) => sum + estimateMessageTokens(message), 0);
  return {
    trigger: input.trigger,
    contextTokensBefore: tokens(context.messages),
    contextTokensAfter: tokens([...context.messages.slice(0, 1), ...kept]) + Math.ceil(summary.length / 4),
    contextWindow: context.contextWindow,
    messagesCountBefore: context.messages.length,
    messagesCountAfter: kept.length + 2,
  };
}
