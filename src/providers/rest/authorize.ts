import { addressOf } from '../../domain/rest/build-request.js';
import type { BuiltRequest } from '../../domain/rest/build-request.js';
import type { RestAuth } from '../../domain/rest/rest-definition.js';
import type { ServerCall } from './call-server.js';
import { basic } from './client-credentials.js';
import type { TokenCache } from './client-credentials.js';

export interface AuthorizedCall {
  readonly call: ServerCall;
  /** What must not be shown of it, in all forms in which it is sent. */
  readonly secrets: readonly string[];
  /** The OAuth token that it carries. */
  readonly token: string | null;
}

/** Adds to a request who sends it. The texts of `auth` are the secrets themselves. */
export async function authorize(
  request: BuiltRequest,
  auth: RestAuth | null,
  tokens: TokenCache,
  signal: AbortSignal,
): Promise<AuthorizedCall> {
  const headers: Record<string, string> = { accept: 'application/json, text/*;q=0.9, */*;q=0.5', ...request.headers };
  const cookies = [...request.cookies];
  let { query } = request;
  const secrets = auth === null ? [] : secretsOf(auth);
  let token: string | null = null;
  switch (auth?.type) {
    case 'bearer':
      headers['authorization'] = `Bearer ${auth.token}`;
      break;
    case 'basic':
      headers['authorization'] = basic(auth.username, auth.password);
      break;
    case 'oauth2_client_credentials':
      token = await tokens.tokenFor(auth, signal);
      headers['authorization'] = `Bearer ${token}`;
      break;
    case 'api_key':
      if (auth.place === 'header') headers[auth.name] = auth.value;
      else if (auth.place === 'query') {
        const others = query.filter(({ name }) => name !== auth.name);
        query = [...others, { name: auth.name, value: auth.value, allowReserved: false }];
      } else cookies.push([auth.name, encodeURIComponent(auth.value)]);
      break;
    case undefined:
  }
  if (cookies.length > 0) headers['cookie'] = cookies.map(([name, value]) => `${name}=${value}`).join('; ');
  if (request.body !== null) headers['content-type'] = request.body.contentType;
  const call = { method: request.method, url: addressOf({ ...request, query }), headers, body: request.body?.text ?? null };
  return { call, secrets: [...secrets, ...(token === null ? [] : [token])], token };
}

function secretsOf(auth: RestAuth): readonly string[] {
  switch (auth.type) {
    case 'bearer':
      return [auth.token];
    case 'basic':
      return [auth.password, basic(auth.username, auth.password).slice('Basic '.length)];
    case 'api_key':
      return [auth.value, encodeURIComponent(auth.value)];
    case 'oauth2_client_credentials':
      return [auth.clientSecret];
  }
}
