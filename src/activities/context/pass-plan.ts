import type { CompactContextInput, PassMeasure } from '../../domain/agent-loop/loop-types.js';
import { mergeCompactionSettings } from '../../domain/context-window/compaction-settings.js';
import type { CompactionSettings } from '../../domain/context-window/compaction-settings.js';
import { compactionStages, evictsAll } from '../../domain/context-window/compaction-stage.js';
import type { CompactionStage } from '../../domain/context-window/compaction-stage.js';
import { estimateMessageTokens, estimateRequestTokens } from '../../domain/context-window/estimate-request.js';
import { planEviction } from '../../domain/context-window/plan-eviction.js';
import type { Eviction, EvictionWishes } from '../../domain/context-window/plan-eviction.js';
import { gaugeOf, measured } from '../../domain/context-window/token-calibration.js';
import type { WindowGauge } from '../../domain/context-window/token-calibration.js';
import type { Message } from '../../domain/messages/message.js';
import type { ModelRequest } from '../../domain/model/language-model.js';
import type { ModelConfig } from '../../domain/model/model-config.js';
import type { CompactionContext } from '../../repositories/compaction.repository.js';
import { buildModelRequest, capReturns } from '../llm/build-model-request.js';
import { callRules } from '../tools/call-rules.js';

export interface PassPlan {
  readonly settings: CompactionSettings;
  readonly stage: CompactionStage;
  readonly eviction: Eviction;
  readonly gauge: WindowGauge;
  /** What a summary may take up, by the agent's model. */
  readonly summaryTokens: number;
  /** Of the whole prompt, before. */
  readonly tokensBefore: number;
  /** Of what stays, without the summary. */
  readonly tokensKept: number;
  /** What the agent's model would be sent of the context up to the last evicted message. */
  readonly ownRequest: () => ModelRequest;
}

/** Of the window: what stays may take up so much at most, and a summary as well, so that both together leave room to go on. */
const mostGoal = 0.75;
const summaryShare = 0.15;
/** Tokens, estimated: a summary that is shorter is none. */
const leastSummary = 150;

/** What one pass is to do by the rows. Null: there is nothing to gain; `no-stage-left`: all that could be tried has failed. */
export function planPass(
  context: CompactionContext,
  config: ModelConfig,
  { trigger, isPressing, progress }: CompactContextInput,
): PassPlan | 'no-stage-left' | null {
  const settings = mergeCompactionSettings(context.settings, context.options.compaction ?? null);
  const isUrgent = trigger === 'context_window_exceeded' || trigger === 'pre_call_context_check';
  const stage = compactionStages({ mode: settings.mode, isPressing, mustSucceed: isUrgent })[progress.failedStages];
  if (stage === undefined) return 'no-stage-left';

  const gauge = withMeasure(gaugeOf(config, context.calibrations), progress.measure);
  const weigh = (message: Message): number => measured(gauge, estimateMessageTokens(capReturns(message, config.contextWindow)));
  const weightOf = (messages: readonly Message[]): number => messages.reduce((sum, message) => sum + weigh(message), 0);
  const fixed = measured(gauge, estimateRequestTokens(ownRequest(context, config, context.messages.slice(0, 1))));
  const room = Math.max(0, gauge.promptLimit - fixed);
  const shortest = measured(gauge, leastSummary);
  const summaryTokens = Math.max(shortest, Math.min(summaryShare * gauge.windowTokens, room / 2));
  const goal = Math.min(1 - settings.slidingWindowPercentage, mostGoal) * gauge.windowTokens;
  const wishes: EvictionWishes = {
    evictsAll: evictsAll(stage) && !(stage === 'extract' && !isPressing),
    share: settings.slidingWindowPercentage,
    // Who asks for a compaction wants fewer messages afterwards: one for one is nothing gained.
    least: trigger === 'manual' ? 2 : 1,
    keepsInput: trigger !== 'manual',
    // Not one that was just written to fit.
    summaryTokens: summaryTokens * 1.5,
    goalTokens: Math.min(goal, gauge.promptLimit - summaryTokens) - fixed,
    weigh,
  };
  const eviction = planEviction(context.messages, wishes) ?? (trigger === 'context_window_exceeded' ? withInput(context, wishes) : null);
  if (eviction === null) return null;
  // An excerpt of what the user has just said is no message to answer.
  if (stage === 'extract' && !keepsAnyInput(context, eviction)) return 'no-stage-left';
  const kept = weightOf(eviction.kept);
  const last = context.messages.findLastIndex(message => eviction.evicted.includes(message));
  return {
    settings,
    stage,
    eviction,
    gauge,
    summaryTokens: Math.max(shortest, Math.min(summaryTokens, room - kept)),
    tokensBefore: fixed + weightOf(context.messages.slice(1)),
    tokensKept: fixed + kept,
    ownRequest: () => ownRequest(context, config, context.messages.slice(0, last + 1)),
  };
}

/** The user's last message goes only where its provider has refused it with nothing else left. */
function withInput({ messages }: CompactionContext, wishes: EvictionWishes): Eviction | null {
  return planEviction(messages, { ...wishes, keepsInput: false });
}

function keepsAnyInput({ messages }: CompactionContext, { evicted }: Eviction): boolean {
  const input = messages.findLast(message => message.role === 'user');
  return input === undefined || !evicted.includes(input);
}

function withMeasure(gauge: WindowGauge, measure: PassMeasure | null): WindowGauge {
  return measure === null ? gauge : { ...gauge, ratio: measure.ratio };
}

/** With all tools: what their rules say of the next call is no matter of a summary. */
function ownRequest(context: CompactionContext, config: ModelConfig, messages: readonly Message[]): ModelRequest {
  const { tools, options } = context;
  const { verdict } = callRules({ toolRules: [], history: [], tools, clientTools: options.clientTools });
  return buildModelRequest({ ...context, messages }, config, verdict);
}
