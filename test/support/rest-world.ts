import { randomUUID } from 'node:crypto';
import { createRestExecutor } from '../../src/activities/tools/rest-executor.js';
import type { RestExecutorDeps } from '../../src/activities/tools/rest-executor.js';
import { planRestTool, retryClassOf } from '../../src/domain/rest/plan-rest-tool.js';
import type { RestTemplate, TemplateBody, TemplateParameter } from '../../src/domain/rest/plan-rest-tool.js';
import type { RestAuth } from '../../src/domain/rest/rest-definition.js';
import type { ToolResult } from '../../src/domain/tools/tool-result.js';
import { createTokenCache } from '../../src/providers/rest/client-credentials.js';
import type { ToolCallContext } from '../../src/repositories/tool-calls.repository.js';

export const callId = 'run/run-1/step/1/tool/0';

export function template(changes: Partial<RestTemplate>): RestTemplate {
  return {
    method: 'GET',
    url: 'https://birds.example/herons',
    headers: {},
    query: {},
    parameters: [],
    body: null,
    response: { format: 'auto', select: null },
    pagination: null,
    idempotencyHeader: null,
    ...changes,
  };
}

export function parameter(name: string, place: TemplateParameter['place'], changes: Partial<TemplateParameter> = {}): TemplateParameter {
  return { name, place, argument: null, description: null, required: place === 'path', schema: {}, ...changes };
}

export function body(schema: TemplateBody['schema'], changes: Partial<TemplateBody> = {}): TemplateBody {
  return { contentType: 'application/json', required: true, description: null, schema, encoding: {}, ...changes };
}

export interface RestCall {
  readonly request: Partial<RestTemplate>;
  readonly args?: Readonly<Record<string, unknown>>;
  readonly auth?: RestAuth;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Calls REST tools as a worker does, without a database: what is sealed is only marked. */
export function restCaller(changes: Partial<RestExecutorDeps['limits']> = {}) {
  const limits = { maxBytes: 10_000, maxRedirects: 2, allowPrivate: true, ...changes };
  let tool: Awaited<ReturnType<RestExecutorDeps['restTools']['findCallable']>> = null;
  let secrets: Readonly<Record<string, string>> = {};
  const executor = createRestExecutor({
    restTools: { findCallable: () => Promise.resolve(tool) },
    secretCipher: { open: sealed => sealed.replace(/^sealed /, '') },
    secretsOf: () => Promise.resolve(secrets),
    tokens: createTokenCache({ ...limits, now: Date.now }),
    limits,
    mostPages: 3,
    toolTimeoutMs: 5000,
  });
  return async ({
    request,
    args = {},
    auth,
    secrets: given = {},
    timeoutMs,
    signal,
  }: RestCall): Promise<ToolResult & { readonly value: string }> => {
    const whole = template(request);
    const { definition, parameters } = planRestTool(whole);
    const sealedAuth = auth === undefined ? null : `sealed ${JSON.stringify(auth)}`;
    tool = { definition, parameters, sealedAuth, timeoutMs: timeoutMs ?? null };
    secrets = given;
    const call = { id: callId, organizationId: 'org', agentId: 'agent', tool: { id: randomUUID(), retryClass: retryClassOf(whole) } };
    const result = await executor(call as ToolCallContext, args, signal ?? new AbortController().signal);
    if (typeof result.value !== 'string') throw new Error('REST tools return texts');
    return { ...result, value: result.value };
  };
}
