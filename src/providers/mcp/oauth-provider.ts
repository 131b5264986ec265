import type { OAuthClientProvider, OAuthDiscoveryState } from '@modelcontextprotocol/sdk/client/auth.js';
import type { OAuthClientInformationMixed, OAuthTokens } from '@modelcontextprotocol/sdk/shared/auth.js';
import { McpFailure } from '../../domain/mcp/mcp-failure.js';
import type { OauthRecord, OauthState } from '../../domain/mcp/oauth-record.js';

/** How long what was read of a sign-in counts, in ms: each request wants the tokens. */
const freshMs = 5000;

/** What MCP's SDK asks of whoever signs in, on the row of the sign-in. Without somebody at a browser nobody can begin one. */
export function createOauthProvider(record: OauthRecord, somebodyIsThere: boolean): OAuthClientProvider {
  let known: { readonly state: Promise<OauthState>; readonly until: number } | null = null;
  const read = (): Promise<OauthState> => {
    if (known === null || known.until < Date.now()) known = { state: record.read(), until: Date.now() + freshMs };
    return known.state;
  };
  const afterChange = async (change: Promise<void>): Promise<void> => {
    await change;
    known = null;
  };
  return {
    redirectUrl: record.redirectUri,
    clientMetadata: {
      client_name: 'Perdura',
      redirect_uris: [record.redirectUri],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'client_secret_post',
    },
    state: () => record.state,
    clientInformation: async () => ((await read()).clientInformation ?? undefined) as OAuthClientInformationMixed | undefined,
    saveClientInformation: information => afterChange(record.keepClient(information)),
    tokens: async () => ((await read()).tokens ?? undefined) as OAuthTokens | undefined,
    saveTokens: tokens => afterChange(record.keepTokens(tokens, tokens.expires_in ?? null)),
    saveCodeVerifier: verifier => afterChange(record.keepCodeVerifier(verifier)),
    async codeVerifier() {
      const { codeVerifier } = await read();
      if (codeVerifier === null) throw new Error('this sign-in is over');
      return codeVerifier;
    },
    discoveryState: async () => ((await read()).discovery ?? undefined) as OAuthDiscoveryState | undefined,
    saveDiscoveryState: discovery => afterChange(record.keepDiscovery(discovery)),
    async invalidateCredentials(scope) {
      if (scope === 'tokens') await afterChange(record.dropTokens());
      else if (scope === 'all' || scope === 'client') await afterChange(record.dropClient());
    },
    async redirectToAuthorization(url) {
      if (somebodyIsThere) await record.keepAuthorizationUrl(url.href);
      else throw new McpFailure('unauthorized', `MCP server '${record.serverName}' wants somebody to sign in again: connect to it.`, true);
    },
  };
}
