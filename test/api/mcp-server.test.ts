import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { RequestOptions } from '@modelcontextprotocol/sdk/shared/protocol.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

type Data = Readonly<Record<string, unknown>>;

interface Called {
  readonly data: Data;
  readonly text: string;
  readonly isError: boolean;
}

describe('Perdura as an MCP server', () => {
  const agents = useStack();
  const { stack } = agents;
  let client: Client;
  let agentId: string;

  const connect = async (): Promise<Client> => {
    const connected = new Client({ name: 'test', version: '1' });
    const transport = new StreamableHTTPClientTransport(new URL(`${stack.url}/mcp`));
    await connected.connect(transport);
    return connected;
  };
  const call = async (name: string, args: Data, options: RequestOptions = {}, by = client): Promise<Called> => {
    const result = await by.callTool({ name, arguments: args }, undefined, options);
    const [content] = result.content as readonly { readonly text: string }[];
    return { data: (result.structuredContent ?? {}) as Data, text: content?.text ?? '', isError: result.isError === true };
  };
  const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${stack.url}/mcp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream', ...headers },
      body: JSON.stringify(body),
    });

  before(async () => {
    client = await connect();
    agentId = await agents.newAgent({ name: 'heron', memory_blocks: [{ label: 'the/pond', value: 'Deep.', description: 'Of the pond.' }] });
  });
  after(() => client.close());

  it('says what it is, and lists its tools with their schemas', async () => {
    assert.equal(client.getServerVersion()?.name, 'perdura');
    assert.deepEqual(Object.keys(client.getServerCapabilities() ?? {}).toSorted(), ['resources', 'tools']);
    const { tools } = await client.listTools();
    assert.deepEqual(tools.map(({ name }) => name).toSorted(), [
      'get_agent',
      'get_memory_block',
      'insert_archival_memory',
      'list_agents',
      'list_memory_blocks',
      'search_archival_memory',
      'search_messages',
      'send_message',
      'update_memory_block',
    ]);
    const send = tools.find(({ name }) => name === 'send_message');
    assert.deepEqual([send?.inputSchema.required, send?.annotations?.readOnlyHint], [['agent_id', 'message'], false]);
  });

  it('tells of agents, without what only their operator has to know', async () => {
    const { data } = await call('list_agents', { name: 'heron' });
    assert.deepEqual(
      (data['agents'] as readonly { id: string }[]).map(({ id }) => id),
      [agentId],
    );
    const agent = await call('get_agent', { agent_id: agentId });
    assert.deepEqual(agent.data['blocks'], [{ label: 'the/pond', description: 'Of the pond.', limit: 100_000 }]);
    assert.doesNotMatch(agent.text, /secret|llm_config|environment/);
  });

  it('sends a message as the API does, tells how it goes on, and returns the answer', async () => {
    const tools = ['archival_memory_search'];
    const id = await agents.newAgent({ include_base_tools: false, tools });
    stack.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? { text: 'Three herons.' }
        : { toolCalls: [{ name: 'archival_memory_search', args: { query: 'herons' } }] };
    const told: string[] = [];
    const { data, text } = await call(
      'send_message',
      { agent_id: id, message: 'How many?' },
      { onprogress: ({ message }) => told.push(message ?? '') },
    );
    assert.equal(text, 'Three herons.');
    assert.deepEqual([data['status'], data['stop_reason'], data['reply']], ['completed', 'end_turn', 'Three herons.']);
    assert.ok(told.includes('Calls: archival_memory_search') && told.includes('Returned: archival_memory_search'), told.join('; '));
    const listed = await agents.letta.runs.retrieve(String(data['run_id']));
    assert.equal(listed.agent_id, id);
  });

  it('sends a message once that comes again with its key, or as the same request', async () => {
    stack.mock.script = () => ({ text: 'Once.' });
    const before = stack.mock.seen.length;
    const message = { agent_id: agentId, message: 'Hello', idempotency_key: 'mcp-once' };
    const runs = [await call('send_message', message), await call('send_message', message)].map(({ data }) => data['run_id']);
    assert.equal(runs[0], runs[1]);
    const request = {
      jsonrpc: '2.0',
      id: 77,
      method: 'tools/call',
      params: { name: 'send_message', arguments: { agent_id: agentId, message: 'Again' } },
    };
    const session = { 'mcp-session-id': 'one-and-the-same' };
    const [first, second] = [await (await post(request, session)).text(), await (await post(request, session)).text()];
    assert.equal(/run-[\w-]+/.exec(first)?.[0], /run-[\w-]+/.exec(second)?.[0]);
    assert.equal(stack.mock.seen.length, before + 2);
  });

  it('cancels the run of a request that is cancelled', async () => {
    let asked = (): void => undefined;
    const reached = new Promise<void>(resolve => (asked = resolve));
    stack.mock.script = () => {
      asked();
      return { text: 'Never said.', holdAfter: 1 };
    };
    const abort = new AbortController();
    const running = assert.rejects(call('send_message', { agent_id: agentId, message: 'Wait' }, { signal: abort.signal }));
    await reached;
    abort.abort('enough');
    await running;
    const [run] = await stack.backend.database.query<{ id: string }>(
      `select id from runs where agent_id = $1 and metadata ->> 'mcp_request' is not null order by created_at desc limit 1`,
      [agentId],
    );
    await agents.readRun(run?.id ?? '');
    assert.equal((await agents.letta.runs.retrieve(run?.id ?? '')).status, 'cancelled');
  });

  it('lets a run go on whose client has gone, and finds its answer again', async () => {
    let said = (): void => undefined;
    const mayAnswer = new Promise<void>(resolve => (said = resolve));
    let asked = (): void => undefined;
    const reached = new Promise<void>(resolve => (asked = resolve));
    stack.mock.script = async () => {
      asked();
      await mayAnswer;
      return { text: 'Late.' };
    };
    const other = await connect();
    const message = { agent_id: agentId, message: 'Later', idempotency_key: 'mcp-later' };
    const lost = assert.rejects(call('send_message', message, {}, other));
    await reached;
    await other.close();
    await lost;
    const again = call('send_message', message);
    said();
    assert.equal((await again).text, 'Late.');
  });

  it('writes memory only on the version that was read, if it is told which', async () => {
    const place = { agent_id: agentId, label: 'the/pond' };
    const { data: read } = await call('get_memory_block', place);
    const written = await call('update_memory_block', { ...place, value: 'Shallow.', expected_version: read['version'] });
    assert.deepEqual([written.data['value'], written.data['version']], ['Shallow.', Number(read['version']) + 1]);
    const late = await call('update_memory_block', { ...place, value: 'Dry.', expected_version: read['version'] });
    assert.deepEqual([late.isError, late.data['current_value']], [true, 'Shallow.']);
    assert.match(late.text, /has been changed by others/);
    const { data } = await call('list_memory_blocks', { agent_id: agentId });
    assert.deepEqual(
      (data['blocks'] as readonly { value: string }[]).map(({ value }) => value),
      ['Shallow.'],
    );
  });

  it('shows the blocks of agents as resources', async () => {
    const { resources } = await client.listResources();
    const uri = `perdura://agents/${agentId}/blocks/the%2Fpond`;
    assert.deepEqual(
      resources.filter(resource => resource.uri.includes(agentId)).map(resource => [resource.uri, resource.name]),
      [[uri, 'heron: the/pond']],
    );
    const { resourceTemplates } = await client.listResourceTemplates();
    assert.deepEqual(
      resourceTemplates.map(({ uriTemplate }) => uriTemplate),
      ['perdura://agents/{agent_id}/blocks/{label}'],
    );
    const { contents } = await client.readResource({ uri });
    assert.deepEqual(contents, [{ uri, mimeType: 'text/plain', text: 'Shallow.' }]);
    await assert.rejects(client.readResource({ uri: `perdura://agents/${agentId}/blocks/none` }), /No block with the label/);
    await assert.rejects(client.readResource({ uri: 'file:///etc/passwd' }), /no resource/);
  });

  it('searches and adds to what agents remember', async () => {
    await call('insert_archival_memory', { agent_id: agentId, text: 'The bittern booms in the reeds.', tags: ['birds'] });
    const { data } = await call('search_archival_memory', { agent_id: agentId, query: 'bittern' });
    assert.deepEqual(
      (data['results'] as readonly { content: string }[]).map(({ content }) => content),
      ['The bittern booms in the reeds.'],
    );
    stack.mock.script = () => ({ text: 'A grebe dives.' });
    await call('send_message', { agent_id: agentId, message: 'What does a grebe do?' });
    const found = await call('search_messages', { agent_id: agentId, query: 'grebe dives', search_mode: 'fts' });
    assert.ok((found.data['messages'] as readonly { text: string }[]).some(({ text }) => text === 'A grebe dives.'));
  });

  it('tells models what they have asked wrongly, and programs what is not there', async () => {
    const unknown = 'agent-00000000-0000-4000-8000-00000000dead';
    assert.deepEqual(await call('send_message', { agent_id: unknown, message: 'Hello' }), {
      data: {},
      text: 'Agent not found',
      isError: true,
    });
    const wrong = await call('send_message', { agent_id: agentId });
    assert.match(wrong.text, /Invalid arguments: [^]*message/);
    stack.mock.script = () => ({ error: { status: 401, body: { error: { message: 'No such key.' } } } });
    const failed = await call('send_message', { agent_id: agentId, message: 'Hello' });
    assert.deepEqual([failed.isError, failed.data['status']], [true, 'failed']);
    await assert.rejects(call('no_such_tool', {}), /There is no tool no_such_tool/);
  });

  it('answers no page of another origin, and nothing but POST', async () => {
    const ping = { jsonrpc: '2.0', id: 1, method: 'ping' };
    assert.equal((await post(ping, { origin: 'https://evil.example' })).status, 403);
    assert.equal((await post(ping, { origin: 'http://localhost:3000' })).status, 200);
    assert.equal((await post(ping)).status, 200);
    for (const method of ['GET', 'DELETE']) assert.equal((await fetch(`${stack.url}/mcp`, { method })).status, 405);
  });

  it('offers the model of an agent what the tools have written', async () => {
    stack.mock.script = () => ({ text: 'Yes.' });
    await call('send_message', { agent_id: agentId, message: 'Is it shallow?' });
    assert.match(textOf(stack.mock.seen.at(-1)?.request.messages[0]), /Shallow\./);
  });
});
