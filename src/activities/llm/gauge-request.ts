import { estimateRequestTokens } from '../../domain/context-window/estimate-request.js';
import { gaugeOf, measured } from '../../domain/context-window/token-calibration.js';
import type { WindowGauge } from '../../domain/context-window/token-calibration.js';
import type { ModelConfig } from '../../domain/model/model-config.js';
import type { ModelCallContext } from '../../repositories/model-calls.repository.js';
import type { CallRules } from '../tools/call-rules.js';
import { buildModelRequest } from './build-model-request.js';

export interface GaugedRequest {
  readonly gauge: WindowGauge;
  readonly modelHandle: string;
  readonly estimatedTokens: number;
}

/** How long the prompt of a call is, by what the model has made of this conversation's prompts before. */
export function gaugeRequest(context: ModelCallContext, config: ModelConfig, { verdict }: CallRules): GaugedRequest {
  const estimatedTokens = estimateRequestTokens(buildModelRequest(context, config, verdict));
  return { gauge: gaugeOf(config, context.calibrations), modelHandle: config.handle, estimatedTokens };
}

export function isTooLong({ gauge, estimatedTokens }: GaugedRequest): boolean {
  return measured(gauge, estimatedTokens) > gauge.promptLimit;
}
