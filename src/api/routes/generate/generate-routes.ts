import { randomUUID } from 'node:crypto';
import { generateCompletion } from '../../../contract/generate.contract.js';
import type { GenerateBody } from '../../../contract/generate.contract.js';
import { RequestError } from '../../../domain/errors.js';
import type { GenerationRequest, GenerationResult } from '../../../domain/generation/generation.js';
import type { ModelCatalog } from '../../../domain/model/model-catalog.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { GenerationOutcome, GenerationsRepository } from '../../../repositories/generations.repository.js';
import type { GenerationClient } from '../../../temporal/generation-client.js';
import { generationErrorResponse } from '../../error-response.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentUsage } from '../../presenters/run.js';
import { repeatKeys } from '../messages/to-run-request.js';
import { requireAgent } from '../require-agent.js';

export interface GenerateRoutesDeps {
  readonly agents: Pick<AgentsRepository, 'exists'>;
  readonly models: Pick<ModelCatalog, 'resolveModel'>;
  readonly generations: Pick<GenerationsRepository, 'accept' | 'outcome'>;
  readonly generationClient: GenerationClient;
}

/** Before Temporal is asked again, in ms. */
const pauseMs = 500;

export function generateRoutes(deps: GenerateRoutesDeps): MountedRoute[] {
  return [
    handleRoute(generateCompletion, async ({ params, body }, context) => {
      await requireAgent(deps.agents, params.agent_id, context);
      const id = await accept(deps, params.agent_id, body, context);
      const outcome = await outcomeOf(deps, { id, agentId: params.agent_id }, context.signal);
      if (outcome === null) return answered;
      if (outcome.result !== null) return present(outcome.result);
      if (outcome.error === null) throw new Error(`The generation ${id} has ended with nothing`);
      const { status, headers, body: error } = generationErrorResponse(outcome.error);
      context.response.status(status).set(headers).json(error);
      return answered;
    }),
  ];
}

async function accept(deps: GenerateRoutesDeps, agentId: string, body: GenerateBody, context: RequestContext): Promise<string> {
  const request = toRequest(body);
  const { overrideModel } = request;
  if (overrideModel !== null && (await deps.models.resolveModel(overrideModel)) === null)
    throw new RequestError('not-found', `Handle ${overrideModel} not found`);
  const id = await deps.generations.accept({
    id: `generation-${randomUUID()}`,
    organizationId: context.organizationId,
    agentId,
    request,
    ...repeatKeys(context.request, body),
  });
  if (id === null) throw new RequestError('conflict', `Agent ${agentId} is terminated: its model is asked nothing more`);
  return id;
}

function toRequest(body: GenerateBody): GenerationRequest {
  const schema = body.response_schema ?? null;
  if (schema !== null && schema['type'] !== 'object')
    throw new RequestError('unprocessable', "The field 'response_schema' has to be a JSON schema of type object");
  return {
    prompt: body.prompt,
    systemPrompt: body.system_prompt ?? null,
    overrideModel: body.override_model ?? null,
    responseSchema: schema,
  };
}

/** The row says what came of it, and Temporal when to look. Null when the client has gone: the generation goes on without it. */
async function outcomeOf(
  { generations, generationClient }: GenerateRoutesDeps,
  generation: { readonly id: string; readonly agentId: string },
  signal: AbortSignal,
): Promise<GenerationOutcome | null> {
  for (;;) {
    const outcome = await generations.outcome(generation.id);
    if (outcome === undefined) throw new RequestError('gone', 'The agent was deleted before its model had answered');
    if (outcome !== null) return outcome;
    try {
      await generationClient.start(generation);
      await generationClient.untilEnded(generation.id, signal);
    } catch {
      // Temporal is away, or the execution was ended by force: the row is looked at again, and reconcile starts what nobody has.
      await new Promise(resolve => setTimeout(resolve, pauseMs));
    }
    if (signal.aborted) return null;
  }
}

function present({ content, model, usage, cost }: GenerationResult) {
  return { content, model, usage: presentUsage({ ...usage, stepCount: 1, contextTokens: usage.totalTokens, cost }) };
}
