import assert from 'node:assert/strict';
import { startMcpServer } from '../support/mcp-server.js';
import type { TestMcpServer } from '../support/mcp-server.js';
import { useStack } from '../support/stack-client.js';

const text = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] };
const missing = 'mcp_server-00000000-0000-4000-8000-000000000000';

describe('MCP servers', () => {
  const { letta, stack } = useStack();
  let mcp: TestMcpServer;
  let count = 0;

  before(async () => {
    mcp = await startMcpServer();
  });
  after(() => mcp.close());
  beforeEach(() => {
    mcp.tools = [{ name: `echo_${(count += 1)}`, description: 'Repeats.', inputSchema: text }];
    mcp.intercept = () => false;
  });

  const create = (config: Readonly<Record<string, unknown>> = {}, more: Readonly<Record<string, unknown>> = {}) =>
    letta.mcpServers.create({ server_name: `server ${count}`, config: { server_url: mcp.url, ...config }, ...more });
  const namesOf = async (id = ''): Promise<(string | null | undefined)[]> => (await letta.mcpServers.tools.list(id)).map(tool => tool.name);
  const ask = (method: string, path: string, body?: unknown): Promise<Response> =>
    fetch(`${stack.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it('are made with their tools, in V1’s form', async () => {
    const server = await create({
      mcp_server_type: 'streamable_http',
      auth_token: 'Bearer secret-1',
      custom_headers: { 'x-team': 'blue' },
    });
    assert.match(server.id ?? '', /^mcp_server-/);
    assert.deepEqual(
      { ...server, id: '' },
      {
        id: '',
        server_name: `server ${count}`,
        mcp_server_type: 'streamable_http',
        server_url: mcp.url,
        auth_header: 'Authorization',
        auth_token: 'Bearer secret-1',
        custom_headers: { 'x-team': 'blue' },
      },
    );
    assert.equal(mcp.headers.at(-1)?.authorization, 'Bearer secret-1');
    assert.equal(mcp.headers.at(-1)?.['x-team'], 'blue');
    const [tool] = await letta.mcpServers.tools.list(server.id ?? '');
    assert.equal(tool?.tool_type, 'external_mcp');
    assert.deepEqual(tool?.tags, [`mcp:server ${count}`]);
    assert.deepEqual(tool?.json_schema?.['parameters'], { ...text, additionalProperties: false });
    assert.equal(tool?.json_schema?.['mcp:SCHEMA_STATUS'], 'STRICT_COMPLIANT');
    const retrieved = await letta.mcpServers.tools.retrieve(tool?.id ?? '', { mcp_server_id: server.id ?? '' });
    assert.equal(retrieved.name, tool?.name);
  });

  it('keep their secrets sealed, and send a header of their own where they ask for one', async () => {
    const server = await create({ mcp_server_type: 'sse', server_url: mcp.sseUrl, auth_header: 'X-Key', auth_token: 'secret-key' });
    assert.equal(mcp.headers.at(-1)?.['x-key'], 'secret-key');
    const rows = await stack.backend.database.query<{ row: string }>('select s::text as row from mcp_servers s where id = $1', [server.id]);
    assert.doesNotMatch(rows[0]?.row ?? '', /secret-key/);
    assert.equal(((await letta.mcpServers.retrieve(server.id ?? '')) as { auth_token?: string }).auth_token, 'secret-key');
  });

  it('are made also when nobody answers, and tell why', async () => {
    const server = (await create({ server_url: 'http://127.0.0.1:1/mcp' })) as { id?: string; sync_error?: string };
    assert.match(server.sync_error ?? '', /cannot be reached.*ECONNREFUSED/);
    const refused = await ask('PATCH', `/v1/mcp-servers/${server.id}/refresh`);
    assert.equal(refused.status, 404);
    assert.equal(((await refused.json()) as { detail: { code: string } }).detail.code, 'MCPServerUnavailable');
  });

  it('are brought to what they list, and what somebody has set of a tool stays', async () => {
    mcp.tools = ['kept', 'gone', 'changed'].map(name => ({ name: `${name}_${count}`, inputSchema: text }));
    const id = (await create()).id ?? '';
    await stack.backend.database.query('update tools set return_char_limit = 77 where name = $1', [`changed_${count}`]);
    mcp.tools = [
      { name: `kept_${count}`, inputSchema: text },
      { name: `changed_${count}`, description: 'Is other.', inputSchema: text, annotations: { readOnlyHint: true } },
      { name: `new_${count}`, inputSchema: text },
      { name: `broken_${count}`, inputSchema: { type: 'object', properties: { list: { type: 'array' } } } },
    ];
    const diff = (await letta.mcpServers.refresh(id)) as { warnings: string[] };
    assert.deepEqual(
      { ...diff, warnings: diff.warnings.length },
      { deleted: [`gone_${count}`], updated: [`changed_${count}`], added: [`new_${count}`], warnings: 1 },
    );
    assert.match(diff.warnings[0] ?? '', /'broken_\d+' was left out: its schema is invalid \(root.list: 'items' is missing/);
    assert.deepEqual(await namesOf(id), [`changed_${count}`, `kept_${count}`, `new_${count}`]);
    const rows = await stack.backend.database.query('select return_char_limit, retry_class from tools where name = $1', [
      `changed_${count}`,
    ]);
    assert.deepEqual(rows, [{ return_char_limit: 77, retry_class: 'never' }], 'a hint widens nothing');
    const again = (await letta.mcpServers.refresh(id)) as Record<string, unknown>;
    assert.deepEqual([again['deleted'], again['updated'], again['added']], [[], [], []]);
  });

  it('never take the tool of another one: a prefix makes room for both', async () => {
    const first = await create();
    const second = (await letta.mcpServers.create({ server_name: 'other', config: { server_url: mcp.url } })) as {
      id: string;
      sync_warnings?: string[];
    };
    assert.match(second.sync_warnings?.[0] ?? '', /left out: another tool has the name 'echo_\d+'. Give the server a tool_prefix/);
    assert.deepEqual(await namesOf(second.id), []);
    await letta.mcpServers.update(second.id, { config: { server_url: null } as never, tool_prefix: 'other_' } as never);
    assert.deepEqual(await namesOf(second.id), [`other_echo_${count}`]);
    assert.deepEqual(await namesOf(first.id), [`echo_${count}`]);
    await letta.mcpServers.delete(second.id);
    await assert.rejects(letta.mcpServers.retrieve(second.id), { status: 404 });
    assert.deepEqual((await letta.tools.list({ name: `other_echo_${count}` })).items, []);
  });

  it('offer names that models take, and keep what the server calls its tool', async () => {
    mcp.tools = [
      { name: `read.file/${'x'.repeat(80)}`, inputSchema: text },
      { name: 'send_message', inputSchema: text },
    ];
    const { id } = await create();
    const [tool, ...others] = await letta.mcpServers.tools.list(id ?? '');
    assert.equal(others.length, 0, 'a name of a built-in tool is not to be had');
    assert.match(tool?.name ?? '', /^read_file_x+_[0-9a-f]{8}$/);
    assert.equal(tool?.name?.length, 64);
    assert.equal((tool?.metadata_?.['mcp'] as { tool_name: string }).tool_name, mcp.tools[0]?.name);
  });

  it('can be renamed and led elsewhere; a token goes to no other host', async () => {
    const server = await create({ auth_token: 'secret-2' });
    const renamed = (await letta.mcpServers.update(server.id ?? '', {
      server_name: `renamed ${count}`,
      config: { server_url: `${mcp.url}?a=b` },
    })) as unknown as Record<string, unknown>;
    assert.equal(renamed['auth_token'], 'Bearer secret-2');
    assert.deepEqual((await letta.mcpServers.tools.list(server.id ?? ''))[0]?.tags, [`mcp:renamed ${count}`]);
    const moved = (await letta.mcpServers.update(server.id ?? '', {
      config: { server_url: 'https://example.com/mcp' },
    })) as unknown as Record<string, unknown>;
    assert.equal(moved['auth_token'], null);
  });

  it('show their prompts and resources', async () => {
    const { id } = await create();
    const prompts = await ask('GET', `/v1/mcp-servers/${id}/prompts`);
    assert.deepEqual(await prompts.json(), [{ name: 'greet', description: 'Greets.' }]);
    const resources = await ask('GET', `/v1/mcp-servers/${id}/resources`);
    assert.deepEqual(await resources.json(), [{ uri: 'file:///heron.txt', name: 'heron' }]);
  });

  it('are refused with the reason when they cannot be: a taken name, no URL, a program that is not allowed, an unknown id', async () => {
    await create();
    await assert.rejects(create(), { status: 409 });
    await assert.rejects(letta.mcpServers.create({ server_name: 'x', config: { server_url: 'ftp://host' } }), { status: 422 });
    await assert.rejects(
      letta.mcpServers.create({ server_name: 'x', config: { mcp_server_type: 'stdio', command: 'rm', args: [] } }),
      (error: Error) => /PERDURA_MCP_STDIO_COMMANDS/.test(error.message),
    );
    await assert.rejects(letta.mcpServers.refresh(missing), { status: 404 });
    await assert.rejects(letta.mcpServers.delete(missing), { status: 404 });
  });

  it('can be had by V1’s older operations as well', async () => {
    const name = `legacy ${count}`;
    const servers = '/v1/tools/mcp/servers';
    const config = { server_name: name, type: 'streamable_http', server_url: mcp.url };
    assert.ok(
      ((await (await ask('PUT', servers, config)).json()) as { server_name: string }[]).some(server => server.server_name === name),
    );
    assert.deepEqual(((await (await ask('GET', servers)).json()) as Record<string, unknown>)[name], {
      ...config,
      auth_header: null,
      auth_token: null,
      custom_headers: null,
    });
    const [listed] = (await (await ask('GET', `${servers}/${name}/tools`)).json()) as { name: string; health: { status: string } }[];
    assert.deepEqual([listed?.name, listed?.health.status], [`echo_${count}`, 'STRICT_COMPLIANT']);
    const attached = (await (await ask('POST', `${servers}/${name}/echo_${count}`)).json()) as { id: string; tool_type: string };
    assert.equal(attached.tool_type, 'external_mcp');
    assert.equal((await ask('POST', `${servers}/${name}/no_such_tool`)).status, 404);
    mcp.tools = [];
    assert.deepEqual(await (await ask('POST', `${servers}/${name}/resync`)).json(), { deleted: [`echo_${count}`], updated: [], added: [] });
    const changed = (await (await ask('PATCH', `${servers}/${name}`, { auth_token: 'Bearer t-123' })).json()) as { auth_token: string };
    assert.equal(changed.auth_token, 'Bearer t-123');
    assert.deepEqual(await (await ask('POST', `${servers}/test`, config)).json(), { status: 'success', tools: [] });
    assert.equal((await ask('POST', `${servers}/test`, { ...config, server_url: 'http://127.0.0.1:1' })).status, 502);
    const left = (await (await ask('DELETE', `${servers}/${name}`)).json()) as { server_name: string }[];
    assert.ok(left.every(server => server.server_name !== name));
    assert.equal((await ask('GET', `${servers}/${name}/tools`)).status, 404);
  });
});
