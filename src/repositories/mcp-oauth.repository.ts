import type { Database } from './database.js';

/** Somebody signs in, or has. What may be secret is sealed. */
export interface OauthSession {
  readonly id: string;
  readonly organizationId: string;
  readonly mcpServerId: string | null;
  readonly serverUrl: string;
  readonly serverName: string;
  readonly status: 'pending' | 'authorized' | 'error';
  readonly redirectUri: string;
  readonly authorizationUrl: string | null;
  readonly state: string;
  readonly codeVerifier: string | null;
  readonly clientInformation: string | null;
  readonly discovery: unknown;
  readonly tokens: string | null;
  readonly error: string | null;
}

export interface NewOauthSession extends Pick<
  OauthSession,
  'id' | 'organizationId' | 'mcpServerId' | 'serverUrl' | 'serverName' | 'redirectUri' | 'state'
> {
  readonly userId: string;
}

interface Kept {
  readonly authorizationUrl?: string;
  readonly codeVerifier?: string;
  readonly clientInformation?: string;
  readonly discovery?: unknown;
}

export function createMcpOauthRepository(database: Database) {
  const first = async (tail: string, parameters: readonly unknown[]): Promise<OauthSession | null> =>
    (await database.query<OauthSession>(`select ${columns} from mcp_oauth o ${tail}`, parameters))[0] ?? null;
  return {
    /** What nobody has brought to its end within a day goes. */
    async insert({ id, organizationId, userId, mcpServerId, serverUrl, serverName, redirectUri, state }: NewOauthSession): Promise<void> {
      await database.query(
        `with forgotten as (
           delete from mcp_oauth where organization_id = $2 and status <> 'authorized' and created_at < now() - interval '1 day'
         )
         insert into mcp_oauth (id, organization_id, user_id, mcp_server_id, server_url, server_name, redirect_uri, state, status)
         values ($1, $2, $3, $4, $5, $6, $7, $8, 'pending')`,
        [id, organizationId, userId, mcpServerId, serverUrl, serverName, redirectUri, state],
      );
    },

    find: (id: string) => first('where o.id = $1', [id]),

    /** By what the callback brings, which counts once. */
    async claim(state: string, nextState: string, maxAgeMs: number): Promise<OauthSession | null> {
      const rows = await database.query<OauthSession>(
        `update mcp_oauth o set state = $2, updated_at = now()
          where o.state = $1 and o.status = 'pending' and o.created_at > now() - $3 * interval '1 millisecond' returning ${columns}`,
        [state, nextState, maxAgeMs],
      );
      return rows[0] ?? null;
    },

    /** Who has signed in to this server last. */
    findAuthorized: (organizationId: string, { id, url }: { readonly id: string; readonly url: string }) =>
      first(
        `where o.organization_id = $1 and o.server_url = $3 and (o.mcp_server_id = $2 or o.mcp_server_id is null) and o.status = 'authorized'
         order by o.mcp_server_id is null, o.updated_at desc limit 1`,
        [organizationId, id, url],
      ),

    async keep(id: string, { authorizationUrl, codeVerifier, clientInformation, discovery }: Kept): Promise<void> {
      await database.query(
        `update mcp_oauth set authorization_url = coalesce($2, authorization_url), code_verifier = coalesce($3, code_verifier),
                client_information = coalesce($4, client_information), discovery = coalesce($5, discovery), updated_at = now()
          where id = $1`,
        [
          id,
          authorizationUrl ?? null,
          codeVerifier ?? null,
          clientInformation ?? null,
          discovery === undefined ? null : JSON.stringify(discovery),
        ],
      );
    },

    /** What was secret on the way here is not needed any more. */
    async keepTokens(id: string, tokens: string, expiresInSeconds: number | null): Promise<void> {
      await database.query(
        `update mcp_oauth set tokens = $2, expires_at = now() + $3 * interval '1 second', status = 'authorized', code_verifier = null, error = null, updated_at = now()
          where id = $1`,
        [id, tokens, expiresInSeconds],
      );
    },

    /** Only if they are still the ones that were found to be worthless: another process may have got new ones meanwhile. */
    async dropTokens(id: string, worthless: string): Promise<void> {
      await database.query('update mcp_oauth set tokens = null, updated_at = now() where id = $1 and tokens = $2', [id, worthless]);
    },

    async dropClient(id: string): Promise<void> {
      await database.query('update mcp_oauth set client_information = null, tokens = null, updated_at = now() where id = $1', [id]);
    },

    /** Only while it is pending. */
    async fail(id: string, error: string): Promise<void> {
      await database.query(
        `update mcp_oauth set status = 'error', error = $2, code_verifier = null, updated_at = now() where id = $1 and status = 'pending'`,
        [id, error],
      );
    },
  };
}

export type McpOauthRepository = ReturnType<typeof createMcpOauthRepository>;

const columns = `o.id, o.organization_id as "organizationId", o.mcp_server_id as "mcpServerId", o.server_url as "serverUrl", o.server_name as "serverName",
  o.status, o.redirect_uri as "redirectUri", o.authorization_url as "authorizationUrl", o.state, o.code_verifier as "codeVerifier",
  o.client_information as "clientInformation", o.discovery, o.tokens, o.error`;
