import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { RestAuth } from '../../domain/rest/rest-definition.js';
import { callServer, ServerCallError } from './call-server.js';
import type { CallLimits } from './call-server.js';

export type ClientCredentials = Extract<RestAuth, { type: 'oauth2_client_credentials' }>;

/** Tokens that servers have given this process, for as long as they hold. */
export interface TokenCache {
  tokenFor(client: ClientCredentials, signal: AbortSignal): Promise<string>;
  /** The server does not take it any more. */
  forget(client: ClientCredentials, token: string): void;
}

export interface TokenCacheOptions extends CallLimits {
  readonly now: () => number;
}

interface KeptToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

const answer = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().nullish() });

/** Of a token that does not say how long it holds, in seconds. */
const usualLife = 300;
/** A token is not used that may end on its way, in ms. */
const margin = 30_000;
const mostTokens = 1000;

/** The secrets are part of a token's key: whoever has other ones gets a token of his own. */
export function createTokenCache({ now, ...limits }: TokenCacheOptions): TokenCache {
  const kept = new Map<string, KeptToken>();
  return {
    async tokenFor(client, signal) {
      const key = keyOf(client);
      const known = kept.get(key);
      if (known !== undefined && known.until > now()) return known.token;
      const { access_token: token, expires_in: seconds } = await askForToken(client, limits, signal);
      const life = (seconds ?? usualLife) * 1000;
      kept.delete(key);
      kept.set(key, { token, until: now() + Math.max(life - margin, life / 2) });
      const [oldest] = kept.keys();
      if (kept.size > mostTokens && oldest !== undefined) kept.delete(oldest);
      return token;
    },
    forget(client, token) {
      const key = keyOf(client);
      if (kept.get(key)?.token === token) kept.delete(key);
    },
  };
}

function keyOf(client: ClientCredentials): string {
  return createHash('sha256').update(JSON.stringify(client)).digest('base64');
}

async function askForToken(client: ClientCredentials, limits: CallLimits, signal: AbortSignal): Promise<z.output<typeof answer>> {
  const { tokenUrl, clientId, clientSecret, scope, audience, clientAuth } = client;
  if (!/^https?:\/\//i.test(tokenUrl) || !URL.canParse(tokenUrl)) throw new ServerCallError('the address of the access token is no URL');
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    ...(scope === null ? {} : { scope }),
    ...(audience === null ? {} : { audience }),
    ...(clientAuth === 'body' ? { client_id: clientId, client_secret: clientSecret } : {}),
  });
  const response = await callServer(
    {
      method: 'POST',
      url: tokenUrl,
      headers: {
        accept: 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
        ...(clientAuth === 'basic' ? { authorization: basic(formEncoded(clientId), formEncoded(clientSecret)) } : {}),
      },
      body: form.toString(),
    },
    { ...limits, maxRedirects: 0 },
    signal,
  );
  // What the server says may hold what it was sent.
  if (response.status !== 200) throw new ServerCallError(`the access token was refused with status ${response.status}`);
  const parsed = answer.safeParse(parseJson(response.bytes.toString()));
  if (!parsed.success) throw new ServerCallError('the answer to the request for an access token holds none');
  return parsed.data;
}

/** RFC 6749 wants both encoded before they are joined. */
function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
