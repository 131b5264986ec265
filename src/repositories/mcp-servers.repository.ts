import type { McpServer } from '../domain/mcp/mcp-server.js';
import type { SealedConfig } from '../domain/mcp/seal-config.js';
import type { Database } from './database.js';

/** A server as it is kept: what may be secret is sealed. */
export interface StoredMcpServer extends Omit<McpServer, 'config'> {
  readonly config: SealedConfig;
}

export interface NewMcpServer {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly name: string;
  readonly config: SealedConfig;
  readonly toolPrefix: string | null;
}

export type McpServerChange = Pick<NewMcpServer, 'id' | 'organizationId' | 'userId' | 'name' | 'config' | 'toolPrefix'>;

export function createMcpServersRepository(database: Database) {
  const first = async (where: string, parameters: readonly unknown[]): Promise<StoredMcpServer | null> =>
    (await database.query<{ server: StoredMcpServer }>(`select ${serverObject} as server from mcp_servers s where ${where}`, parameters))[0]
      ?.server ?? null;
  return {
    async list(organizationId: string): Promise<StoredMcpServer[]> {
      const rows = await database.query<{ server: StoredMcpServer }>(
        `select ${serverObject} as server from mcp_servers s where s.organization_id = $1 order by s.created_at, s.id`,
        [organizationId],
      );
      return rows.map(row => row.server);
    },

    find: (organizationId: string, id: string) => first('s.organization_id = $1 and s.id = $2', [organizationId, id]),

    findByName: (organizationId: string, name: string) => first('s.organization_id = $1 and s.server_name = $2', [organizationId, name]),

    /** Whoever has signed in to its URL before has done so for this server. False = the name is taken. */
    async insert(server: NewMcpServer): Promise<boolean> {
      const { id, organizationId, userId, name, toolPrefix, config } = server;
      const rows = await database.query(
        `with s as (
           insert into mcp_servers (id, organization_id, created_by_id, last_updated_by_id, server_name, tool_prefix, server_type, server_url, auth_header,
                                    token, custom_headers, command, args, env)
           values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict (organization_id, server_name) do nothing returning id
         )
         select id from s`,
        [id, organizationId, userId, name, toolPrefix, ...configValues(config)],
      );
      return rows.length > 0;
    },

    /**
     * Its tools get the new name along; their own names change with the next look at the server. Whoever signed in to another URL has to do so again:
     * a token never goes where it was not given for. False = no such server.
     */
    async update(change: McpServerChange): Promise<boolean> {
      const { id, organizationId, userId, name, toolPrefix, config } = change;
      const rows = await database.query(
        `with s as (
           update mcp_servers set last_updated_by_id = $3, server_name = $4, tool_prefix = $5, server_type = $6, server_url = $7, auth_header = $8, token = $9,
                  custom_headers = $10, command = $11, args = $12, env = $13, updated_at = now()
            where id = $1 and organization_id = $2 returning id, server_name, server_url
         ), renamed as (
           update tools t set tags = array['mcp:' || s.server_name], metadata = jsonb_set(t.metadata, '{mcp,server_name}', to_jsonb(s.server_name)), updated_at = now()
             from s join mcp_tools m on m.mcp_server_id = s.id
            where t.id = m.tool_id and t.metadata #>> '{mcp,server_name}' is distinct from s.server_name
         ), signed_out as (
           delete from mcp_oauth o using s where o.mcp_server_id = s.id and o.server_url is distinct from s.server_url
         )
         select id from s`,
        [id, organizationId, userId, name, toolPrefix, ...configValues(config)],
      );
      return rows.length > 0;
    },

    /** With its tools. False = no such server. */
    async delete(organizationId: string, id: string): Promise<boolean> {
      const rows = await database.query(
        `with s as (
           delete from mcp_servers where organization_id = $1 and id = $2 returning id
         ), gone as (
           delete from tools t using mcp_tools m, s where m.mcp_server_id = s.id and t.id = m.tool_id
         )
         select id from s`,
        [organizationId, id],
      );
      return rows.length > 0;
    },

    async noteSyncFailure(organizationId: string, id: string, error: string): Promise<void> {
      await database.query('update mcp_servers set sync_error = $3, synced_at = now() where organization_id = $1 and id = $2', [
        organizationId,
        id,
        error,
      ]);
    },
  };
}

export type McpServersRepository = ReturnType<typeof createMcpServersRepository>;

function configValues({ type, url, authHeader, token, headers, command, args, env }: SealedConfig): readonly unknown[] {
  return [type, url, authHeader, token, headers, command, args === null ? null : JSON.stringify(args), env];
}

/** A row under the alias `s`. */
export const serverObject = `jsonb_build_object('id', s.id, 'organizationId', s.organization_id, 'name', s.server_name, 'toolPrefix', s.tool_prefix,
  'config', jsonb_build_object('type', s.server_type, 'url', s.server_url, 'authHeader', s.auth_header, 'token', s.token, 'headers', s.custom_headers,
                               'command', s.command, 'args', s.args, 'env', s.env),
  'sync', jsonb_build_object('at', s.synced_at, 'error', s.sync_error, 'warnings', to_jsonb(s.sync_warnings)))`;
