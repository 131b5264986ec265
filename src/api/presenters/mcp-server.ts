import type { HttpConfig, McpServer } from '../../domain/mcp/mcp-server.js';

/** V1's flat form, with ours beside it where it has something to tell. */
export function presentMcpServer({ id, name, config, toolPrefix, sync }: McpServer) {
  return {
    id,
    server_name: name,
    mcp_server_type: config.type,
    ...(config.type === 'stdio' ? { command: config.command, args: config.args, env: config.env } : presentHttp(config)),
    ...(toolPrefix === null ? {} : { tool_prefix: toolPrefix }),
    ...(sync.error === null ? {} : { sync_error: sync.error }),
    ...(sync.warnings.length === 0 ? {} : { sync_warnings: sync.warnings }),
  };
}

/** V1's older form. */
export function presentLegacyServer({ name, config }: McpServer) {
  const form = config.type === 'stdio' ? { command: config.command, args: config.args, env: config.env } : presentHttp(config);
  return { server_name: name, type: config.type, ...form };
}

function presentHttp({ url, authHeader, token, headers }: HttpConfig) {
  const isBearer = authHeader === null || authHeader.toLowerCase() === 'authorization';
  const shown = token !== null && isBearer && !/^\w+ /.test(token) ? `Bearer ${token}` : token;
  return {
    server_url: url,
    auth_header: token === null ? authHeader : (authHeader ?? 'Authorization'),
    auth_token: shown,
    custom_headers: headers,
  };
}
