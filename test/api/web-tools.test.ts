import assert from 'node:assert/strict';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';
import { startWebServer } from '../support/web-server.js';
import type { WebServer } from '../support/web-server.js';

describe('the tools that read the web, as an agent calls them', () => {
  const client = useStack();
  const { stack } = client;
  let web: WebServer;

  before(async () => {
    web = await startWebServer();
  });
  after(() => web.close());

  /** What the tool has returned, as the model reads it. */
  const returned = async (name: string, args: Readonly<Record<string, unknown>>): Promise<string> => {
    const agentId = await client.newAgent({ include_base_tools: false, tools: ['web_search', 'fetch_webpage'] });
    stack.mock.script = ({ messages }) => (messages.at(-1)?.role === 'tool' ? { text: 'done' } : { toolCalls: [{ name, args }] });
    await client.letta.agents.messages.create(agentId, { input: 'go' });
    return textOf(stack.mock.seen.at(-1)?.request.messages.at(-1));
  };

  it('fetch_webpage returns the page as Markdown', async () => {
    web.answer = () => ({ headers: { 'content-type': 'text/html' }, body: '<title>Herons</title><p>They <b>wade</b>.</p>' });
    const message = JSON.parse(await returned('fetch_webpage', { url: `${web.url}/heron` })) as { status: string; message: string };
    assert.deepEqual([message.status, message.message], ['OK', '# Herons\n\nThey **wade**.']);
  });

  it('fetch_webpage ends with its run when that is cancelled', async () => {
    web.answer = () => null;
    const asked = web.seen.length;
    const agentId = await client.newAgent({ include_base_tools: false, tools: ['fetch_webpage'] });
    stack.mock.script = () => ({ toolCalls: [{ name: 'fetch_webpage', args: { url: `${web.url}/slow` } }] });
    const run = await client.letta.agents.messages.createAsync(agentId, { input: 'go' });
    while (web.seen.length === asked) await new Promise(resolve => setTimeout(resolve, 10));
    await client.letta.agents.messages.cancel(agentId, { run_ids: [run.id] });
    await web.seen.at(-1)?.closed;
    await client.readRun(run.id);
    assert.equal((await client.letta.runs.retrieve(run.id)).status, 'cancelled');
  });

  it('web_search says which setting is missing where it has no key', async () => {
    assert.match(await returned('web_search', { query: 'herons' }), /"Failed".*EXA_API_KEY/);
  });

  it('belong to no agent that did not ask for them', async () => {
    const agent = await client.letta.agents.retrieve(await client.newAgent(), { include: ['agent.tools'] });
    assert.deepEqual(
      agent.tools.map(tool => tool.name).filter(name => name === 'web_search' || name === 'fetch_webpage'),
      [],
    );
  });
});
