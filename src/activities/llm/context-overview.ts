import { countParts, scaleParts, systemPieces, toFunction } from '../../domain/context-window/context-parts.js';
import type { PartTokens, SystemSection } from '../../domain/context-window/context-parts.js';
import { carefulTokens, estimateRequestTokens } from '../../domain/context-window/estimate-request.js';
import { gaugeOf, measured } from '../../domain/context-window/token-calibration.js';
import type { Calibrations } from '../../domain/context-window/token-calibration.js';
import type { Message } from '../../domain/messages/message.js';
import { unpackSummary } from '../../domain/messages/packed-summary.js';
import { chooseModel } from '../../domain/model/choose-model.js';
import type { ModelRequest } from '../../domain/model/language-model.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import { ModelError } from '../../domain/model/model-error.js';
import { noOptions } from '../../domain/runs/run-request.js';
import type { MemoryCounts, RequestPreviewRepository, UpcomingCall } from '../../repositories/request-preview.repository.js';
import type { SystemMessageRepository } from '../../repositories/system-message.repository.js';
import { callRules } from '../tools/call-rules.js';
import { buildModelRequest } from './build-model-request.js';
import { contextNow } from './preview-request.js';

export interface ContextOverviewDeps {
  readonly previews: RequestPreviewRepository;
  readonly systemMessages: Pick<SystemMessageRepository, 'refreshed'>;
  readonly models: ModelCatalog;
}

/** How the tokens were counted: by the own tokenizer of the model, by its provider, or by what that has made of the conversation before. */
export type CountMethod = 'tokenizer' | 'provider' | 'estimate';

export interface ContextOverview extends MemoryCounts {
  /** Tokens. */
  readonly window: number;
  readonly tokens: PartTokens;
  readonly method: CountMethod;
  readonly sections: Readonly<Record<SystemSection, string>>;
  readonly summary: string | null;
  readonly functions: readonly ReturnType<typeof toFunction>[];
  readonly messages: readonly Message[];
}

export interface ContextOfConversation {
  readonly organizationId: string;
  readonly agentId: string;
  /** Null = the default one. */
  readonly conversationId: string | null;
}

export type DescribeContext = (place: ContextOfConversation, signal: AbortSignal) => Promise<ContextOverview | null>;

/** What a conversation's model would be sent now, and how much of its window that takes. Nothing is written. Null when there is no such conversation. */
export function createContextOverview(deps: ContextOverviewDeps): DescribeContext {
  return async ({ organizationId, agentId, conversationId }, signal) => {
    const upcoming = await deps.previews.upcomingCall(organizationId, agentId, conversationId);
    if (upcoming === null) return null;
    const messages = await contextNow(deps, upcoming);
    const request = await requestOf(deps, upcoming, messages);
    const [counted, memory] = await Promise.all([
      count(deps.models, request, upcoming.calibrations, signal),
      deps.previews.memoryCounts(agentId),
    ]);
    const [system, second] = request.messages;
    const summary =
      second?.role === 'summary' ? second.content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n') : null;
    return {
      ...memory,
      ...counted,
      window: request.config.contextWindow,
      sections: sectionsOf(
        system?.role === 'system' ? system.content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n') : '',
      ),
      summary: summary === null ? null : unpackSummary(summary).summary,
      functions: request.tools.map(toFunction),
      messages,
    };
  };
}

/** Of the model that is called as a rule; one that is no longer served still has its agent's window. */
async function requestOf({ models }: ContextOverviewDeps, upcoming: UpcomingCall, messages: readonly Message[]): Promise<ModelRequest> {
  const { verdict } = callRules({ ...upcoming, history: [], clientTools: [] });
  const build = (config: UpcomingCall['config']): ModelRequest =>
    buildModelRequest({ ...upcoming, messages, options: noOptions }, config, verdict);
  try {
    const { conversationModel, configChanges } = upcoming;
    return build(await chooseModel(models, upcoming.config, { override: null, conversationModel, configChanges }));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    return build(upcoming.config);
  }
}

async function count(
  models: ModelCatalog,
  request: ModelRequest,
  calibrations: Calibrations,
  signal: AbortSignal,
): Promise<{ readonly tokens: PartTokens; readonly method: CountMethod }> {
  const estimate = countParts(request, carefulTokens);
  try {
    const counting = await models.languageModel(request.config).counting(request, signal);
    if (counting?.kind === 'texts') return { tokens: countParts(request, counting.count), method: 'tokenizer' };
    if (counting?.kind === 'prompt') return { tokens: scaleParts(estimate, counting.tokens), method: 'provider' };
  } catch (error) {
    // The overview says how it has counted: a provider that is away is no reason to tell nothing.
    if (!(error instanceof ModelError)) throw error;
  }
  const total = measured(gaugeOf(request.config, calibrations), estimateRequestTokens(request));
  return { tokens: scaleParts(estimate, total), method: 'estimate' };
}

function sectionsOf(text: string): ContextOverview['sections'] {
  const pieces = systemPieces(text);
  const of = (part: SystemSection): string =>
    pieces
      .filter(piece => piece.part === part)
      .map(piece => piece.text)
      .join('');
  return {
    system: of('system').trim(),
    coreMemory: of('coreMemory'),
    toolRules: of('toolRules'),
    directories: of('directories'),
    metadata: of('metadata'),
  };
}
