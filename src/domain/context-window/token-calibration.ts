import type { ModelConfig } from '../model/model-config.js';

/** What a provider made of one prompt of a conversation, and what had been estimated for it. */
export interface TokenCalibration {
  readonly estimatedTokens: number;
  readonly countedTokens: number;
}

/** Of a conversation, by the handles of the models that it was sent to. */
export type Calibrations = Readonly<Record<string, TokenCalibration>>;

/** Measures texts for one model: what it counts, and how much it takes. */
export interface WindowGauge {
  /** Tokens of the model for one that is estimated. */
  readonly ratio: number;
  readonly windowTokens: number;
  /** What a prompt may take up, so that an answer has room. */
  readonly promptLimit: number;
}

/** Estimates are on the high side on purpose; before a provider has counted anything, that is taken off again. */
const neutralRatio = 1 / 1.3;
/** Counts beyond these are no counts: of servers that report nothing of use. */
const [leastRatio, mostRatio] = [0.25, 4];
/** After refusals alone, which also tell of a window that is smaller than its model is said to have. */
const mostRefusedRatio = 64;
/** Of the window, where nobody has set a limit for answers. */
const answerShare = 0.05;
const mostAnswerShare = 0.5;

export function gaugeOf(config: Pick<ModelConfig, 'handle' | 'contextWindow' | 'maxTokens'>, calibrations: Calibrations): WindowGauge {
  const { contextWindow, maxTokens } = config;
  const answer = Math.min(maxTokens ?? contextWindow * answerShare, contextWindow * mostAnswerShare);
  return {
    ratio: ratioOf(calibrations[config.handle]),
    windowTokens: contextWindow,
    promptLimit: Math.floor(contextWindow - answer),
  };
}

/** What the model would count. */
export function measured({ ratio }: WindowGauge, estimatedTokens: number): number {
  return Math.ceil(estimatedTokens * ratio);
}

/** What is known after a prompt was counted by its provider. Null when that says nothing. */
export function afterAnswer(estimatedTokens: number, countedTokens: number): TokenCalibration | null {
  if (estimatedTokens <= 0 || countedTokens <= 0) return null;
  return { estimatedTokens, countedTokens: clamp(countedTokens, leastRatio * estimatedTokens, mostRatio * estimatedTokens) };
}

/** What is known after a prompt was refused for its length: it is longer than the window, whatever was thought. `growth` > 1 also takes the window for smaller. */
export function afterRefusal(gauge: WindowGauge, estimatedTokens: number, growth: number): TokenCalibration {
  const counted = Math.max(gauge.windowTokens, measured(gauge, estimatedTokens) * growth);
  return { estimatedTokens, countedTokens: Math.ceil(Math.min(counted, mostRefusedRatio * estimatedTokens)) };
}

function ratioOf(calibration: TokenCalibration | undefined): number {
  return calibration === undefined ? neutralRatio : calibration.countedTokens / calibration.estimatedTokens;
}

function clamp(value: number, least: number, most: number): number {
  return Math.round(Math.min(Math.max(value, least), most));
}
