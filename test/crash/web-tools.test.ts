import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { agentClient } from '../support/agent-client.js';
import type { Cluster } from '../support/cluster.js';
import { createGate } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import { sharedCluster } from '../support/shared-cluster.js';
import { startWebServer } from '../support/web-server.js';
import type { WebServer } from '../support/web-server.js';

describe('kill -9 of the worker while it waits for somebody else', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let web: WebServer;

  before(async () => {
    [cluster, web] = await Promise.all([sharedCluster(), startWebServer()]);
  });
  after(() => web.close());

  it('has a page fetched again, for a model that is asked once', async () => {
    const { letta, newAgent } = agentClient(cluster.url);
    const agentId = await newAgent({ include_base_tools: false, tools: ['fetch_webpage'] });
    let restarted = Promise.resolve();
    web.answer = () => {
      if (web.seen.length > 1) return { headers: { 'content-type': 'text/html' }, body: '<p>The <i>second</i> time.</p>' };
      cluster.kill('worker');
      restarted = cluster.start('worker');
      return null;
    };
    cluster.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? { text: `It says: ${textOf(messages.at(-1))}` }
        : { toolCalls: [{ name: 'fetch_webpage', args: { url: web.url } }] };
    const { messages } = await letta.agents.messages.create(agentId, { input: 'read it' });
    await restarted;
    assert.match(JSON.stringify(messages.at(-1)), /It says: .*The _second_ time\./);
    assert.equal(web.seen.length, 2);
    assert.equal(cluster.mock.seen.length, 2);
  });

  it('cuts off a tool outside of any run, or has it run again, as its class allows, and tells of it', async () => {
    const { letta, newAgent } = agentClient(cluster.url);
    const agentId = await newAgent({ include_base_tools: false, tools: ['fetch_webpage', 'test_tool'] });
    let restarted = Promise.resolve();
    let fetched = 0;
    const begun = createGate();
    web.answer = () => {
      fetched += 1;
      if (fetched > 1) return { headers: { 'content-type': 'text/html' }, body: '<p>The <i>second</i> time.</p>' };
      restarted = begun.opened.then(() => {
        cluster.kill('worker');
        return cluster.start('worker');
      });
      return null;
    };
    cluster.onEffect = () => {
      begun.open();
      return new Promise<void>(() => undefined);
    };
    const run = (tool: string, args: Record<string, unknown>) => letta.agents.tools.run(tool, { agent_id: agentId, args });
    const [page, cut] = await Promise.all([run('fetch_webpage', { url: web.url }), run('test_tool', { text: 'once' })]);
    await restarted;
    assert.match(JSON.stringify(page), /"status":"success".*The _second_ time\./);
    assert.match(JSON.stringify(cut), /"status":"error".*was cut off before it ended/);
    assert.deepEqual([fetched, cluster.effects.length], [2, 1]);
  });

  it('has what a REST tool reads asked for again, and what it changes sent once and no more', async () => {
    const { newAgent, letta } = agentClient(cluster.url);
    const makeTool = async (method: string): Promise<string> => {
      const response = await fetch(`${cluster.url}/v1/tools/rest`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          name: `herons_${method}`,
          description: 'Of herons.',
          request: { method, url: `${web.url}/herons` },
          enable_parallel_execution: true,
        }),
      });
      return ((await response.json()) as { id: string }).id;
    };
    const toolIds = [await makeTool('GET'), await makeTool('POST')];
    const agentId = await newAgent({ include_base_tools: false, tool_ids: toolIds, parallel_tool_calls: true });
    const sent = (method: string): number => web.seen.filter(request => request.path === '/herons' && request.method === method).length;
    let restarted = Promise.resolve();
    web.answer = () => {
      if (sent('GET') > 1) return { headers: { 'content-type': 'text/plain' }, body: 'Counted.' };
      if (sent('GET') + sent('POST') < 2) return null;
      cluster.kill('worker');
      restarted = cluster.start('worker');
      return null;
    };
    cluster.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? { text: `${textOf(messages.at(-2))} ${textOf(messages.at(-1))}` }
        : { toolCalls: ['GET', 'POST'].map(method => ({ name: `herons_${method}`, args: {} })) };
    const { messages } = await letta.agents.messages.create(agentId, { input: 'count them' });
    await restarted;
    assert.match(JSON.stringify(messages.at(-1)), /Counted\..* herons_POST was cut off before it ended/);
    assert.deepEqual([sent('GET'), sent('POST')], [2, 1]);
  });

  it('has a text of the model asked for again, and the API that comes back answers the request that is sent again', async () => {
    const agentId = await agentClient(cluster.url).newAgent();
    let restarted = Promise.resolve();
    let calls = 0;
    cluster.mock.script = () => {
      calls += 1;
      if (calls > 1) return { text: 'The second time.' };
      cluster.kill('worker');
      cluster.kill('api');
      restarted = Promise.all([cluster.start('worker'), cluster.start('api')]).then(() => undefined);
      return { text: 'The first', holdAfter: 1 };
    };
    const generate = (): Promise<Response> =>
      fetch(`${cluster.url}/v1/agents/${agentId}/generate`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': 'text' },
        body: JSON.stringify({ prompt: 'A text.' }),
      });
    await assert.rejects(generate(), 'the API went down with the request');
    await restarted;
    const shown = (await (await generate()).json()) as { content: string };
    assert.equal(shown.content, 'The second time.');
    assert.equal(calls, 2);
  });

  it('has an MCP client go on with the API that comes back, and find the answer of a message that was under way', async () => {
    const agentId = await agentClient(cluster.url).newAgent();
    const connect = async (): Promise<Client> => {
      const client = new Client({ name: 'test', version: '1' });
      await client.connect(new StreamableHTTPClientTransport(new URL(`${cluster.url}/mcp`)));
      return client;
    };
    const [hasty, patient] = await Promise.all([connect(), connect()]);
    const begun = createGate();
    const mayAnswer = createGate();
    let asked = 0;
    cluster.mock.script = async () => {
      asked += 1;
      begun.open();
      await mayAnswer.opened;
      return { text: 'Said once.' };
    };
    const request = { name: 'send_message', arguments: { agent_id: agentId, message: 'Hello', idempotency_key: 'mcp' } };
    const lost = assert.rejects(hasty.callTool(request));
    await begun.opened;
    cluster.kill('api');
    await hasty.close();
    await lost;
    await cluster.start('api');
    const answer = patient.callTool(request);
    mayAnswer.open();
    assert.match(JSON.stringify(await answer), /"reply":"Said once\."/);
    assert.equal(asked, 1);
    await patient.close();
  });
});
