import type { RunEnd } from '../../domain/agent-loop/loop-types.js';
import type { Message } from '../../domain/messages/message.js';
import { chooseModel } from '../../domain/model/choose-model.js';
import type { ModelCatalog } from '../../domain/model/model-catalog.js';
import type { PriceList } from '../../domain/model/model-price.js';
import { inputToMessage } from '../../domain/runs/input-to-message.js';
import type { AcceptResult, RunRequest } from '../../domain/runs/run-request.js';
import type { BudgetsRepository } from '../../repositories/budgets.repository.js';
import type { RequestPreviewRepository, UpcomingCall } from '../../repositories/request-preview.repository.js';
import type { SystemMessageRepository } from '../../repositories/system-message.repository.js';
import { callRules } from '../tools/call-rules.js';
import { budgetedRequest } from './budgeted-call.js';
import { buildModelRequest } from './build-model-request.js';

export interface PreviewRequestDeps {
  readonly previews: RequestPreviewRepository;
  readonly systemMessages: Pick<SystemMessageRepository, 'refreshed'>;
  readonly budgets: Pick<BudgetsRepository, 'spentByRun' | 'spentByAgent'>;
  readonly prices: PriceList;
  readonly models: ModelCatalog;
}

export type PreviewedRequest =
  /** As it would go out. */
  | { readonly kind: 'request'; readonly body: unknown }
  /** The model is a part of this server. */
  | { readonly kind: 'nothing-sent'; readonly handle: string }
  /** The budgets do not allow the call: its run would end so. */
  | { readonly kind: 'refused'; readonly end: RunEnd }
  /** The message would not be accepted. */
  | { readonly kind: 'not-accepted'; readonly result: AcceptResult };

export type PreviewRequest = (request: RunRequest) => Promise<PreviewedRequest>;

/** Tells what the model would be asked first if the request were accepted now: by the code that asks it, and without writing anything. */
export function createPreviewRequest(deps: PreviewRequestDeps): PreviewRequest {
  return async request => {
    const { organizationId, agentId, conversationId } = request;
    const upcoming = await deps.previews.upcomingCall(organizationId, agentId, conversationId);
    const refusal = refusalOf(request, upcoming);
    if (upcoming === null || refusal !== null) {
      return { kind: 'not-accepted', result: refusal ?? { kind: 'agent-not-found' } };
    }
    const { conversationModel, configChanges } = upcoming;
    const config = await chooseModel(deps.models, upcoming.config, {
      override: request.options.overrideModel,
      conversationModel,
      configChanges,
    });
    const sources = { ...upcoming, messages: await contextOf(deps, request, upcoming), options: request.options };
    const { verdict } = callRules({ ...upcoming, history: [], clientTools: request.options.clientTools });
    const plan = await budgetedRequest(asking(deps, request), callOf(request), budgetsOf(request, upcoming), config, capped =>
      buildModelRequest(sources, capped, verdict),
    );
    if (plan.kind === 'refused') return plan;
    const body = await deps.models.languageModel(config).requestBody(plan.request);
    return body === null ? { kind: 'nothing-sent', handle: config.handle } : { kind: 'request', body };
  };
}

function refusalOf({ conversationId }: RunRequest, upcoming: UpcomingCall | null): AcceptResult | null {
  if (upcoming === null) return conversationId === null ? { kind: 'agent-not-found' } : { kind: 'conversation-not-found', conversationId };
  if (upcoming.lifecycle === 'terminated') return { kind: 'agent-terminated' };
  return upcoming.pendingApprovalId === null ? null : { kind: 'approval-pending', requestId: upcoming.pendingApprovalId };
}

/** The context as the run's start would leave it. */
async function contextOf(deps: PreviewRequestDeps, { agentId, runId, input }: RunRequest, upcoming: UpcomingCall): Promise<Message[]> {
  const { conversationId, clearsContext, messages } = upcoming;
  const before = await contextNow(deps, { ...upcoming, messages: clearsContext ? messages.slice(0, 1) : messages });
  return [...before, ...input.map(message => inputToMessage(message, { agentId, conversationId, runId }))];
}

/** The context, with the system message that the next run will have. */
export async function contextNow(
  { systemMessages }: Pick<PreviewRequestDeps, 'systemMessages'>,
  { conversationId, systemStale, messages }: Pick<UpcomingCall, 'conversationId' | 'systemStale' | 'messages'>,
): Promise<readonly Message[]> {
  const text = systemStale ? await systemMessages.refreshed(conversationId) : null;
  const [first, ...rest] = messages;
  return text !== null && first?.role === 'system' ? [{ ...first, content: [{ type: 'text', text }] }, ...rest] : messages;
}

/** Budgets are looked at, and nothing is set aside. */
function asking({ budgets, prices }: PreviewRequestDeps, request: RunRequest): Parameters<typeof budgetedRequest>[0] {
  return {
    prices,
    budgets: {
      spentByRun: budgets.spentByRun,
      async reserve(_call, windowSeconds, decide) {
        decide(await budgets.spentByAgent(callOf(request), windowSeconds));
      },
    },
  };
}

/** A call that there is not: nothing is charged to it. */
function callOf({ agentId, runId }: RunRequest): Parameters<typeof budgetedRequest>[1] {
  return { id: '', agentId, runId, stepId: '' };
}

function budgetsOf({ options }: RunRequest, { agentBudget }: UpcomingCall): Parameters<typeof budgetedRequest>[2] {
  return { requested: options.budget ?? null, agent: agentBudget, clockStart: null, continues: true };
}
