import { randomUUID } from 'node:crypto';
import { buildRequest, UnsendableArgument } from '../../domain/rest/build-request.js';
import type { RestAuth, RestDefinition } from '../../domain/rest/rest-definition.js';
import type { SecretsOf } from '../../domain/secrets/secrets-of.js';
import { fillPlaceholders, MissingSecret, placeholdersOf } from '../../domain/secrets/fill-placeholders.js';
import { UnreadableSecret } from '../../domain/secrets/secret-cipher.js';
import type { SecretCipher } from '../../domain/secrets/secret-cipher.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';
import { ServerCallError } from '../../providers/rest/call-server.js';
import type { CallableRestTool, RestToolsRepository } from '../../repositories/rest-tools.repository.js';
import type { FreeCallContext } from '../../repositories/tool-calls.repository.js';
import { checkedArguments } from './check-arguments.js';
import { exchange } from './rest-exchange.js';
import { fetchPages, single } from './rest-pages.js';
import type { Found, PageDeps } from './rest-pages.js';
import { withArgumentErrors } from './tool-arguments.js';
import type { ToolArguments } from './tool-arguments.js';
import type { KindExecutor } from './tool-executor.js';

export interface RestExecutorDeps extends PageDeps {
  readonly restTools: Pick<RestToolsRepository, 'findCallable'>;
  readonly secretCipher: Pick<SecretCipher, 'open'>;
  readonly secretsOf: SecretsOf;
  /** Of a tool that names no limit of its own, in ms. */
  readonly toolTimeoutMs: number;
}

/** Runs the tools that are requests to other servers. */
export function createRestExecutor(deps: RestExecutorDeps): KindExecutor {
  return (call, args, signal) =>
    withArgumentErrors(async () => {
      const started = Date.now();
      const tool = call.tool === null ? null : await deps.restTools.findCallable(call.organizationId, call.tool.id);
      if (tool === null) return failed('Nothing is known of what this tool sends.');
      try {
        return await send(deps, { call, tool, args, deadline: started + (tool.timeoutMs ?? deps.toolTimeoutMs) }, signal);
      } catch (error) {
        const failure = signal.aborted ? null : failureOf(error, tool.definition);
        if (failure === null) throw error;
        return { ...failed(failure), ...(error instanceof ServerCallError && error.isPassing ? { isTransient: true } : {}) };
      }
    });
}

interface Sending {
  readonly call: FreeCallContext;
  readonly tool: CallableRestTool;
  readonly args: ToolArguments;
  readonly deadline: number;
}

async function send(deps: RestExecutorDeps, { call, tool, args, deadline }: Sending, signal: AbortSignal): Promise<ToolResult> {
  const { definition } = tool;
  const checked = checkedArguments(args, tool.parameters);
  const sealed = tool.sealedAuth === null ? null : deps.secretCipher.open(tool.sealedAuth);
  const names = placeholdersOf(`${JSON.stringify(definition)} ${sealed ?? ''}`);
  const secrets = names.length === 0 ? {} : await deps.secretsOf(call);
  const auth = sealed === null ? null : fillAuth(JSON.parse(sealed) as RestAuth, secrets);
  const request = buildRequest(definition, { args: checked, secrets, idempotencyKey: call.id, boundary: `perdura-${randomUUID()}` });
  const isRepeatable = call.tool?.retryClass !== 'never';
  const first = { request, auth, isRepeatable, deadline };
  const found =
    definition.pagination === null
      ? await once(deps, definition, first, signal)
      : await fetchPages(deps, definition, definition.pagination, first, signal);
  const hidden = [...found.secrets, ...names.map(name => secrets[name] ?? '')];
  const value = withoutSecrets(found.text, hidden);
  return { status: found.isSuccess ? 'success' : 'error', value, ...(found.isPassing ? { isTransient: true } : {}) };
}

async function once(
  deps: RestExecutorDeps,
  { response }: RestDefinition,
  first: Parameters<typeof exchange>[1],
  signal: AbortSignal,
): Promise<Found> {
  const { answer, secrets } = await exchange(deps, first, signal);
  return single(answer, response, secrets, signal);
}

/** All texts of it may name secrets. */
function fillAuth(auth: RestAuth, secrets: Readonly<Record<string, string>>): RestAuth {
  return Object.fromEntries(
    Object.entries(auth).map(([name, value]) => [name, typeof value === 'string' ? fillPlaceholders(value, secrets) : value]),
  ) as unknown as RestAuth;
}

/** Shorter ones would be found in the middle of words. */
const shortestSecret = 4;

/** Servers repeat what they were sent, in what they say of a failure above all. */
function withoutSecrets(text: string, secrets: readonly string[]): string {
  const hidden = secrets.filter(secret => secret.length >= shortestSecret).toSorted((a, b) => b.length - a.length);
  return hidden.reduce((shown, secret) => shown.replaceAll(secret, '[secret]'), text);
}

/** In words for the model; null = it is this server's own failure. */
function failureOf(error: unknown, { method }: RestDefinition): string | null {
  if (error instanceof MissingSecret || error instanceof UnreadableSecret) return `The request was not sent: ${error.message}.`;
  if (error instanceof UnsendableArgument) return error.message;
  if (!(error instanceof ServerCallError)) return null;
  const isOpen = error.mayHaveActed && method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS';
  return `The request has failed: ${error.message}.${isOpen ? ' It is not known whether the server has acted on it.' : ''}`;
}

function failed(value: string): ToolResult {
  return { status: 'error', value };
}
