import type { CompactContextInput, PassOutcome, SummarizeInput } from '../../domain/agent-loop/loop-types.js';
import { clipSummary } from '../../domain/context-window/clip-summary.js';
import { isSelfWritten } from '../../domain/context-window/compaction-stage.js';
import type { CompactionMode } from '../../domain/context-window/compaction-settings.js';
import { carefulTokens, estimateRequestTokens } from '../../domain/context-window/estimate-request.js';
import { charactersOf } from '../../domain/context-window/estimate-tokens.js';
import { extractMessages } from '../../domain/context-window/extract-messages.js';
import { nextSummaryWork, transcriptParts } from '../../domain/context-window/summary-parts.js';
import { gaugeOf, measured } from '../../domain/context-window/token-calibration.js';
import { plainMessage } from '../../domain/messages/message.js';
import type { Message } from '../../domain/messages/message.js';
import { packSummary } from '../../domain/messages/packed-summary.js';
import type { CompactionStats } from '../../domain/messages/packed-summary.js';
import { chooseModelOrOwn } from '../../domain/model/choose-model.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import type { ModelConfig } from '../../domain/model/model-config.js';
import type { RunEventLog } from '../../events/run-event-log.js';
import { compactionId } from '../../repositories/compaction.repository.js';
import type { CompactionContext, CompactionRepository } from '../../repositories/compaction.repository.js';
import { deriveId, stepId } from '../../repositories/derived-ids.js';
import type { SystemMessageRepository } from '../../repositories/system-message.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { planPass } from './pass-plan.js';
import type { PassPlan } from './pass-plan.js';
import { askForSummary } from './summary-call.js';
import type { SummaryCall, SummaryCallDeps } from './summary-call.js';
import { chooseSummarizer, promptFor, requestKey, selfRequest, summaryRequest } from './summary-request.js';

export interface CompactContextDeps extends SummaryCallDeps {
  readonly compactions: CompactionRepository;
  readonly systemMessages: Pick<SystemMessageRepository, 'recompile'>;
  readonly events: Pick<RunEventLog, 'announce'>;
  readonly models: ModelCatalog;
  /** Into how many calls of a model the messages of one pass may be divided. */
  readonly compactionParts: number;
}

/** Everything that one execution of the activity goes by. */
interface Pass {
  readonly deps: CompactContextDeps;
  readonly input: CompactContextInput;
  readonly id: string;
  readonly context: CompactionContext;
  readonly config: ModelConfig;
  readonly plan: PassPlan;
}

/** Tokens, estimated: a request to summarize that carries less is not worth its call. */
const leastPerCall = 400;

export function createCompactContext(deps: CompactContextDeps) {
  /**
   * Takes a pass one call of a model further: it asks for what is missing of the summary, and when nothing is, puts the summary in the place of the
   * older messages. These stay in the history.
   */
  return function compactContext(input: CompactContextInput): Promise<PassOutcome> {
    return withHeartbeat(() => withDatabaseFailures(() => compact(deps, input)));
  };
}

async function compact(deps: CompactContextDeps, input: CompactContextInput): Promise<PassOutcome> {
  const id = compactionId(input.runId, input.pass);
  const context = await deps.compactions.load(id, input.runId);
  if (context === null || !context.runOpen) return { kind: 'failed', message: 'The run has ended.' };
  if (context.alreadyDone) return finish(deps, context);
  const config = await chooseModelOrOwn(deps.models, context.config, context.wishes);
  const plan = planPass(context, config, input);
  if (plan === null) return { kind: 'nothing-to-compact' };
  if (plan === 'no-stage-left') return { kind: 'no-stage-left' };
  const pass = { deps, input, id, context, config, plan };
  const { stage, eviction, settings, summaryTokens, gauge } = plan;
  if (stage === 'extract') {
    const room = Math.min(settings.clipChars ?? Number.MAX_SAFE_INTEGER, charactersOf(summaryTokens / gauge.ratio));
    return commit(pass, extractMessages(eviction.evicted, room), 0);
  }
  return isSelfWritten(stage) ? summarizeBySelf(pass, stage) : summarizeTranscript(pass, stage);
}

async function summarizeBySelf(pass: Pass, mode: CompactionMode): Promise<PassOutcome> {
  const { plan, config, deps } = pass;
  const build = (capped: ModelConfig) =>
    selfRequest({ ...plan.ownRequest(), config: capped }, promptFor(plan.settings, modeOf(plan, mode)));
  const request = build(config);
  const tooLong = { kind: 'stage-failed', message: 'The conversation does not fit into the window of its own model.' } as const;
  if (measured(plan.gauge, estimateRequestTokens(request)) > plan.gauge.promptLimit) return tooLong;
  const reply = await askForSummary(deps, callOf(pass, { requestKey: requestKey(request), config, build }));
  switch (reply.kind) {
    case 'refused':
      return { kind: 'failed', message: reply.end.error?.message ?? '', end: reply.end };
    case 'too-long':
      return tooLong;
    case 'answer':
      return reply.text === '' ? nothingSaid : commit(pass, reply.text, 1);
  }
}

const nothingSaid = { kind: 'stage-failed', message: 'The model summarized nothing.' } as const;

async function summarizeTranscript(pass: Pass, mode: CompactionMode): Promise<PassOutcome> {
  const { deps, context, plan, config, input } = pass;
  const { settings, eviction, gauge } = plan;
  const prompt = promptFor(settings, modeOf(plan, mode));
  const summarizer = await chooseSummarizer(deps.models, config, settings);
  const build = (transcript: string) => (capped: ModelConfig) => summaryRequest(capped, settings, prompt, transcript);
  const keyOf = (transcript: string): string => requestKey(build(transcript)(summarizer));
  const tokensPerCall = input.progress.measure?.tokensPerCall ?? roomFor(summarizer, context, estimateRequestTokens(build('')(summarizer)));
  const measure = { ratio: gauge.ratio, tokensPerCall };
  const parts = transcriptParts(eviction.evicted, { tokensPerCall, mostParts: deps.compactionParts });
  const answers = new Map(context.answers);
  const next = () => nextSummaryWork(parts, tokensPerCall, text => answers.get(keyOf(text)));

  const work = next();
  if (work.kind === 'nothing') return nothingSaid;
  if (work.kind === 'done') return commit(pass, work.summary, answers.size);
  const call = callOf(pass, { requestKey: keyOf(work.text), config: summarizer, build: build(work.text) });
  const reply = await askForSummary(deps, call);
  if (reply.kind === 'refused') return { kind: 'failed', message: reply.end.error?.message ?? '', end: reply.end };
  if (reply.kind === 'too-long') {
    const less = Math.floor(Math.min(tokensPerCall, carefulTokens(work.text)) / 2);
    if (less < leastPerCall)
      return { kind: 'stage-failed', message: 'The messages do not fit into the window of the model that summarizes.' };
    return { kind: 'continue', measure: { ...measure, tokensPerCall: less } };
  }
  answers.set(call.requestKey, reply.text);
  const rest = next();
  if (rest.kind === 'nothing') return nothingSaid;
  return rest.kind === 'ask' ? { kind: 'continue', measure } : commit(pass, rest.summary, answers.size);
}

/** What of the messages a request to this model may carry, estimated. */
function roomFor(summarizer: ModelConfig, { calibrations }: CompactionContext, promptTokens: number): number {
  const gauge = gaugeOf(summarizer, calibrations);
  return Math.max(leastPerCall, Math.floor(gauge.promptLimit / gauge.ratio) - promptTokens);
}

/** Where no cut was enough, all of the messages go, whatever the stage had in mind. */
function modeOf({ eviction }: PassPlan, mode: CompactionMode): CompactionMode {
  if (!eviction.isAll) return mode;
  return isSelfWritten(mode) ? 'self_compact_all' : 'all';
}

function callOf({ id, input, context }: Pass, request: Pick<SummaryCall, 'requestKey' | 'config' | 'build'>): SummaryCall {
  return { ...request, compactionId: id, input, stepId: stepIdOf(input), context };
}

async function commit(pass: Pass, text: string, modelCalls: number): Promise<PassOutcome> {
  const { deps, input, id, context, plan } = pass;
  const { eviction, settings, gauge, stage } = plan;
  const summary = clipSummary(text, settings.clipChars, plan.summaryTokens / gauge.ratio);
  const stats: CompactionStats = {
    trigger: input.trigger,
    contextTokensBefore: plan.tokensBefore,
    contextTokensAfter: plan.tokensKept + measured(gauge, carefulTokens(summary)),
    contextWindow: gauge.windowTokens,
    messagesCountBefore: context.messages.length,
    messagesCountAfter: eviction.kept.length + 2,
  };
  await deps.compactions.commit(
    {
      id,
      runId: input.runId,
      stepId: stepIdOf(input),
      summary: summaryMessage(pass, summary, stats),
      evicted: eviction.evicted.map(message => message.id),
      replaced: replacedBy(context.messages, eviction.evicted),
      method: stage === 'extract' ? stage : modeOf(plan, stage),
      modelCalls,
      stats,
    },
    context.organizationId,
  );
  deps.events.announce(input.runId, false);
  return finish(deps, context);
}

/** The prefix of the prompt is new anyway: it may as well tell of the memory as it is now. */
async function finish(deps: CompactContextDeps, { conversationId }: CompactionContext): Promise<PassOutcome> {
  await deps.systemMessages.recompile(conversationId, false);
  return { kind: 'compacted' };
}

function stepIdOf({ runId, stepNumber }: SummarizeInput): string | null {
  return stepNumber === null ? null : stepId(runId, stepNumber);
}

function replacedBy(context: readonly Message[], evicted: readonly Message[]): readonly string[] | null {
  const first = context.findIndex(message => evicted.includes(message));
  const last = context.findLastIndex(message => evicted.includes(message));
  const replaced = context.slice(first, last + 1);
  return replaced.length === evicted.length ? null : replaced.map(message => message.id);
}

function summaryMessage({ id, input, context, plan }: Pass, summary: string, stats: CompactionStats): Message {
  const { evicted, isAll } = plan.eviction;
  const now = new Date();
  const text = packSummary({ summary, stats }, isAll ? null : evicted.length, { at: now, timezone: context.timezone });
  return {
    ...plainMessage,
    agentId: context.agentId,
    conversationId: context.conversationId,
    createdAt: now.toISOString(),
    id: deriveId('message', id),
    runId: input.stepNumber === null ? null : input.runId,
    role: 'summary',
    content: [{ type: 'text', text }],
  };
}
