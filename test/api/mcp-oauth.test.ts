import assert from 'node:assert/strict';
import { startMcpServer } from '../support/mcp-server.js';
import type { TestMcpServer } from '../support/mcp-server.js';
import { startOauthServer } from '../support/oauth-server.js';
import type { OauthServer } from '../support/oauth-server.js';
import { useStack } from '../support/stack-client.js';

interface ConnectEvent {
  readonly event: string;
  readonly url?: string;
  readonly message?: string;
  readonly tools?: readonly { readonly name: string }[];
}

describe('MCP servers where somebody has to sign in', () => {
  const { letta, stack } = useStack();
  let mcp: TestMcpServer;
  let oauth: OauthServer;

  before(async () => {
    [mcp, oauth] = await Promise.all([startMcpServer(), startOauthServer()]);
    mcp.tools = [{ name: 'private_tool' }];
    const resource = '/.well-known/oauth-protected-resource';
    mcp.intercept = (request, response) => {
      if (request.url?.startsWith(resource) === true) {
        const body = JSON.stringify({ resource: mcp.url, authorization_servers: [oauth.url] });
        response.writeHead(200, { 'content-type': 'application/json' }).end(body);
        return true;
      }
      if (oauth.valid.has(request.headers.authorization?.replace('Bearer ', '') ?? '')) return false;
      const challenge = `Bearer resource_metadata="${new URL(resource, mcp.url).href}"`;
      response.writeHead(401, { 'www-authenticate': challenge }).end('{}');
      return true;
    };
  });
  after(() => Promise.all([mcp.close(), oauth.close()]));

  const create = async (name: string): Promise<string> =>
    (await letta.mcpServers.create({ server_name: name, config: { server_url: mcp.url } })).id ?? '';
  /** Reads V1's events, and goes where a browser would be sent to. */
  const connect = async (path: string, browse: (url: string) => Promise<unknown>, init?: RequestInit): Promise<ConnectEvent[]> => {
    const response = await fetch(`${stack.url}${path}`, init);
    const events: ConnectEvent[] = [];
    let text = '';
    for await (const chunk of (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream())) {
      text += chunk;
      for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
        const event = JSON.parse(text.slice('data: '.length, end)) as ConnectEvent;
        text = text.slice(end + 2);
        events.push(event);
        if (event.url !== undefined) await browse(event.url);
      }
    }
    return events;
  };
  const signIn = async (url: string): Promise<void> => {
    const page = await fetch(url);
    assert.match(await page.text(), /Signed in to/);
    assert.equal(page.status, 200);
    assert.equal((await fetch(page.url)).status, 400, 'what the browser brings counts once');
  };

  it('let in whoever has signed in: with PKCE, a registration of their own, and V1’s events; nothing secret is kept in the clear', async () => {
    const id = await create('private 1');
    const events = await connect(`/v1/mcp-servers/connect/${id}`, signIn);
    assert.deepEqual(
      events.map(event => event.event),
      ['connection_attempt', 'oauth_required', 'authorization_url', 'waiting_for_auth', 'success'],
    );
    const asked = new URL(events[2]?.url ?? '');
    assert.equal(asked.searchParams.get('code_challenge_method'), 'S256');
    assert.equal(asked.searchParams.get('redirect_uri'), `${stack.url}/v1/tools/mcp/oauth/callback`);
    assert.deepEqual(
      events[4]?.tools?.map(tool => tool.name),
      ['private_tool'],
    );
    assert.deepEqual(
      (await letta.mcpServers.tools.list(id)).map(tool => tool.name),
      ['private_tool'],
    );
    const rows = await stack.backend.database.query<{ row: string }>('select o::text as row from mcp_oauth o');
    assert.doesNotMatch(JSON.stringify(rows), /access-|refresh-|client-secret/);
    assert.equal(oauth.registered.length, 1);
  });

  it('get new tokens when the old ones have run out, and are told apart from those that nobody has signed in to', async () => {
    const { id } = (await letta.mcpServers.list()).find(server => server.server_name === 'private 1') ?? {};
    oauth.valid.clear();
    assert.deepEqual(await letta.mcpServers.refresh(id ?? ''), { deleted: [], updated: [], added: [] });
    assert.equal(oauth.asked.at(-1)?.['grant_type'], 'refresh_token');
    assert.equal(oauth.valid.size, 1);
    await letta.mcpServers.update(id ?? '', { config: { server_url: `${mcp.url}?elsewhere` } });
    await assert.rejects(letta.mcpServers.refresh(id ?? ''), (error: Error) => /wants somebody to sign in/.test(error.message));
  });

  it('can be signed in to before they are kept', async () => {
    const config = { server_name: 'private 2', server_url: mcp.url, type: 'streamable_http' };
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(config) };
    const events = await connect('/v1/tools/mcp/servers/connect', signIn, init);
    assert.equal(events.at(-1)?.event, 'success');
    await letta.mcpServers.create({ server_name: 'private 2', config: { server_url: mcp.url } as never, tool_prefix: 'two_' } as never);
    assert.equal((await letta.tools.list({ name: 'two_private_tool' })).items.length, 1);
  });

  it('tell when it was refused, and take no state that nobody was given', async () => {
    const id = await create('private 3');
    await stack.backend.database.query('delete from mcp_oauth');
    const refuse = async (url: string): Promise<void> => {
      const state = new URL(url).searchParams.get('state') ?? '';
      const page = await fetch(`${stack.url}/v1/tools/mcp/oauth/callback?state=${state}&error=access_denied&error_description=<b>no</b>`);
      assert.match(await page.text(), /access_denied: &lt;b&gt;no/);
    };
    const events = await connect(`/v1/mcp-servers/connect/${id}`, refuse);
    assert.deepEqual(events.at(-1), { event: 'error', message: 'access_denied: <b>no</b>' });
    assert.equal((await fetch(`${stack.url}/v1/tools/mcp/oauth/callback?state=guessed&code=x`)).status, 400);
  });
});
