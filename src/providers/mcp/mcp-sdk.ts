import { lazy } from '../lazy.js';

/** MCP's SDK, which takes a while to load, and which most processes never need. */
export const loadMcpSdk = lazy(async () => {
  const [client, http, sse, auth, stdio, types] = await Promise.all([
    import('@modelcontextprotocol/sdk/client/index.js'),
    import('@modelcontextprotocol/sdk/client/streamableHttp.js'),
    import('@modelcontextprotocol/sdk/client/sse.js'),
    import('@modelcontextprotocol/sdk/client/auth.js'),
    import('@modelcontextprotocol/sdk/shared/stdio.js'),
    import('@modelcontextprotocol/sdk/types.js'),
  ]);
  return { ...client, ...http, ...sse, ...auth, ...stdio, ...types };
});

export type McpSdk = Awaited<ReturnType<typeof loadMcpSdk>>;
