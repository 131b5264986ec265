import type { SecretCipher } from '../secrets/secret-cipher.js';
import type { McpConfig, McpServer } from './mcp-server.js';
import { openConfig, sealConfig } from './seal-config.js';
import type { SealedConfig } from './seal-config.js';

type Sealed<Type> = Omit<Type, 'config'> & { readonly config: SealedConfig };

export interface WrittenServer extends Pick<McpServer, 'id' | 'organizationId' | 'name' | 'toolPrefix'> {
  readonly config: McpConfig;
  readonly userId: string;
}

/** Where servers are kept, with what may be secret sealed. */
export interface SealedServers {
  list(organizationId: string): Promise<readonly Sealed<McpServer>[]>;
  find(organizationId: string, id: string): Promise<Sealed<McpServer> | null>;
  findByName(organizationId: string, name: string): Promise<Sealed<McpServer> | null>;
  insert(server: Sealed<WrittenServer>): Promise<boolean>;
  update(server: Sealed<WrittenServer>): Promise<boolean>;
}

/** MCP servers in the clear, for whoever talks to them or shows them. */
export function createMcpServerStore(rows: SealedServers, cipher: SecretCipher) {
  const open = (server: Sealed<McpServer>): McpServer => ({ ...server, config: openConfig(server.config, cipher) });
  const openOrNull = (server: Sealed<McpServer> | null): McpServer | null => (server === null ? null : open(server));
  const seal = (server: WrittenServer): Sealed<WrittenServer> => ({ ...server, config: sealConfig(server.config, cipher) });
  return {
    open,
    list: async (organizationId: string) => (await rows.list(organizationId)).map(open),
    find: async (organizationId: string, id: string) => openOrNull(await rows.find(organizationId, id)),
    findByName: async (organizationId: string, name: string) => openOrNull(await rows.findByName(organizationId, name)),
    /** False = the name is taken. */
    insert: (server: WrittenServer) => rows.insert(seal(server)),
    /** False = there is no such server. */
    update: (server: WrittenServer) => rows.update(seal(server)),
  };
}

export type McpServerStore = ReturnType<typeof createMcpServerStore>;
