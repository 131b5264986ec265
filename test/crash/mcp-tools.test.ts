import assert from 'node:assert/strict';
import { agentClient } from '../support/agent-client.js';
import type { Cluster } from '../support/cluster.js';
import { startMcpServer, textResult } from '../support/mcp-server.js';
import type { TestMcpServer } from '../support/mcp-server.js';
import { textOf } from '../support/mock-openai.js';
import { sharedCluster } from '../support/shared-cluster.js';

describe('kill -9 of the worker while it waits for an MCP server', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let mcp: TestMcpServer;

  before(async () => {
    [cluster, mcp] = await Promise.all([sharedCluster(), startMcpServer()]);
  });
  after(() => mcp.close());

  it('calls a tool again that only reads, under the same key, and one that does more once and no more', async () => {
    const { newAgent, letta } = agentClient(cluster.url);
    mcp.tools = [{ name: 'count_herons', annotations: { readOnlyHint: true } }, { name: 'feed_herons' }];
    const { id } = await letta.mcpServers.create({ server_name: 'herons', config: { server_url: mcp.url } });
    const tools = await letta.mcpServers.tools.list(id ?? '');
    const agentId = await newAgent({ include_base_tools: false, tool_ids: tools.map(tool => tool.id), parallel_tool_calls: true });
    for (const tool of tools) await letta.tools.update(tool.id, { enable_parallel_execution: true });
    const keys = (name: string): unknown[] => mcp.calls.filter(call => call.name === name).map(call => call.meta['perdura/idempotencyKey']);
    let restarted = Promise.resolve();
    mcp.answer = () => {
      if (mcp.calls.length > 2) return Promise.resolve(textResult('Seven.'));
      if (mcp.calls.length === 2) {
        cluster.kill('worker');
        restarted = cluster.start('worker');
      }
      return new Promise(() => undefined);
    };
    cluster.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? { text: `${textOf(messages.at(-2))} ${textOf(messages.at(-1))}` }
        : { toolCalls: ['count_herons', 'feed_herons'].map(name => ({ name, args: {} })) };
    const { messages } = await letta.agents.messages.create(agentId, { input: 'look after them' });
    await restarted;
    assert.match(JSON.stringify(messages.at(-1)), /Seven\..*feed_herons was cut off before it ended/);
    assert.equal(new Set(keys('count_herons')).size, 1);
    assert.deepEqual([keys('count_herons').length, keys('feed_herons').length], [2, 1]);
  });
});
