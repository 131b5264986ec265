import assert from 'node:assert/strict';
import { startMcpServer, textResult } from '../support/mcp-server.js';
import type { TestMcpServer } from '../support/mcp-server.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

describe('tools of MCP servers, as agents call them', () => {
  const client = useStack();
  const { letta, stack } = client;
  let mcp: TestMcpServer;
  let serverId: string;
  let toolId: string;

  before(async () => {
    mcp = await startMcpServer();
    mcp.tools = [{ name: 'look.up', inputSchema: { type: 'object', properties: { word: { type: 'string' } }, required: ['word'] } }];
    const server = await letta.mcpServers.create({
      server_name: 'words',
      config: { server_url: mcp.url, auth_token: '{{ TOKEN | none }}' } as never,
      tool_prefix: 'words_',
    } as never);
    serverId = server.id ?? '';
    toolId = (await letta.mcpServers.tools.list(serverId))[0]?.id ?? '';
  });
  after(() => mcp.close());
  beforeEach(() => {
    mcp.answer = call => Promise.resolve(textResult(`found ${String(call.args['word'])}`));
  });

  const newAgent = async (more: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const agentId = await client.newAgent({ include_base_tools: false, tool_ids: [toolId], ...more });
    stack.mock.script = ({ messages, tools }) => {
      const name = tools?.[0]?.function.name ?? '';
      return messages.at(-1)?.role === 'tool' ? { text: 'done' } : { toolCalls: [{ name, args: { word: 'heron' } }] };
    };
    return agentId;
  };
  const lastReturn = (): { status: string; message: string } =>
    JSON.parse(textOf(stack.mock.seen.at(-1)?.request.messages.at(-1))) as { status: string; message: string };

  it('are called under the server’s name for them, with the key of the call, and answer the model', async () => {
    const agentId = await newAgent();
    await letta.agents.messages.create(agentId, { input: 'go' });
    const { status, message } = lastReturn();
    assert.deepEqual([status, message], ['OK', 'found heron']);
    const call = mcp.calls.at(-1);
    assert.deepEqual([call?.name, call?.args, call?.headers['x-agent-id']], ['look.up', { word: 'heron' }, agentId]);
    assert.match(String(call?.meta['perdura/idempotencyKey']), /^run\/run-[^/]+\/step\/1\/tool\/0$/);
  });

  it('get the secrets of the agent that calls, and what holds without them', async () => {
    await letta.agents.messages.create(await newAgent({ secrets: { TOKEN: 'of-this-agent' } }), { input: 'go' });
    assert.equal(mcp.calls.at(-1)?.headers['authorization'], 'Bearer of-this-agent');
    await letta.agents.messages.create(await newAgent(), { input: 'go' });
    assert.equal(mcp.calls.at(-1)?.headers['authorization'], 'Bearer none');
  });

  it('tell the model of errors, and a server that dies in the middle of a call ends no run', async () => {
    const agentId = await newAgent();
    mcp.answer = () => Promise.resolve({ isError: true, content: [{ type: 'text', text: 'no such word' }] });
    await letta.agents.messages.create(agentId, { input: 'go' });
    assert.deepEqual([lastReturn().status, lastReturn().message], ['Failed', 'no such word']);
    mcp.answer = () => {
      mcp.breakOff();
      return new Promise(() => undefined);
    };
    const before = mcp.calls.length;
    const { stop_reason: reason } = await letta.agents.messages.create(agentId, { input: 'go' });
    assert.equal(reason.stop_reason, 'end_turn');
    assert.match(lastReturn().message, /MCP server 'words' (broke off|cannot be reached)/);
    assert.equal(mcp.calls.length, before + 1, 'a tool of class never is not called twice');
  });

  it('are called off with their run', async () => {
    const agentId = await newAgent();
    const called = new Promise<void>(resolve => {
      mcp.answer = () => {
        resolve();
        return new Promise(() => undefined);
      };
    });
    const cancelled = mcp.cancelled.length;
    const run = await letta.agents.messages.createAsync(agentId, { input: 'go' });
    await called;
    await letta.agents.messages.cancel(agentId, { run_ids: [run.id] });
    await client.readRun(run.id);
    while (mcp.cancelled.length === cancelled) await new Promise(resolve => setTimeout(resolve, 20));
    assert.equal((await letta.runs.retrieve(run.id)).status, 'cancelled');
  });

  it('can be run without an agent, by both families of operations', async () => {
    const result = await letta.mcpServers.tools.run(toolId, { mcp_server_id: serverId, args: { word: 'egret' } });
    assert.deepEqual([result.status, result.func_return, mcp.calls.at(-1)?.headers['x-agent-id']], ['success', 'found egret', undefined]);
    const execute = (tool: string) =>
      fetch(`${stack.url}/v1/tools/mcp/servers/words/tools/${tool}/execute`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ args: { word: 'stork' } }),
      });
    assert.deepEqual(await (await execute('look.up')).json(), { result: 'found stork', success: true });
    assert.equal((await execute('look.down')).status, 404);
    mcp.answer = () => Promise.resolve({ isError: true, content: [] });
    assert.deepEqual(await (await execute('look.up')).json(), { result: 'Empty response from tool', success: false });
  });
});
