import { createHash, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface OauthServer {
  readonly url: string;
  /** Access tokens that count. */
  readonly valid: Set<string>;
  readonly registered: Record<string, unknown>[];
  /** Bodies of requests for tokens. */
  readonly asked: Record<string, string>[];
  close(): Promise<void>;
}

/** An authorization server with dynamic registration, PKCE, and refresh tokens that count once. Whoever comes to sign in is let in at once. */
export async function startOauthServer(): Promise<OauthServer> {
  const challenges = new Map<string, string>();
  const refreshTokens = new Set<string>();
  const issue = (): Record<string, unknown> => {
    const [access, refresh] = [`access-${randomUUID()}`, `refresh-${randomUUID()}`];
    oauth.valid.add(access);
    refreshTokens.add(refresh);
    return { access_token: access, refresh_token: refresh, token_type: 'Bearer', expires_in: 3600 };
  };
  const token = (body: Record<string, string>): Record<string, unknown> | null => {
    oauth.asked.push(body);
    if (body['grant_type'] === 'refresh_token') return refreshTokens.delete(body['refresh_token'] ?? '') ? issue() : null;
    const challenge = challenges.get(body['code'] ?? '');
    challenges.delete(body['code'] ?? '');
    const verified = createHash('sha256')
      .update(body['code_verifier'] ?? '')
      .digest('base64url');
    return challenge === verified ? issue() : null;
  };
  const answer = (response: ServerResponse, status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', oauth.url);
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      if (url.pathname === '/.well-known/oauth-authorization-server') answer(response, 200, metadata(oauth.url));
      else if (url.pathname === '/register') {
        const client = { ...(JSON.parse(body) as object), client_id: 'client-1', client_secret: 'client-secret' };
        oauth.registered.push(client);
        answer(response, 201, client);
      } else if (url.pathname === '/authorize') {
        const code = `code-${randomUUID()}`;
        challenges.set(code, url.searchParams.get('code_challenge') ?? '');
        const back = new URL(url.searchParams.get('redirect_uri') ?? '');
        back.searchParams.set('code', code);
        back.searchParams.set('state', url.searchParams.get('state') ?? '');
        response.writeHead(302, { location: back.href }).end();
      } else if (url.pathname === '/token') {
        const tokens = token(Object.fromEntries(new URLSearchParams(body)));
        if (tokens === null) answer(response, 400, { error: 'invalid_grant' });
        else answer(response, 200, tokens);
      } else answer(response, 404, {});
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  const oauth: OauthServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    valid: new Set(),
    registered: [],
    asked: [],
    close: () =>
      new Promise(resolve => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return oauth;
}

function metadata(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    response_types_supported: ['code'],
    grant_types_supported: ['authorization_code', 'refresh_token'],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: ['client_secret_post'],
  };
}
