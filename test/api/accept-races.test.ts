import assert from 'node:assert/strict';
import { useStack } from '../support/stack-client.js';

describe('messages that come in at the same moment', () => {
  const client = useStack();
  const { stack } = client;
  let agentId: string;

  beforeEach(async () => {
    agentId = await client.newAgent();
    await request('POST', 'pause');
  });

  async function request(method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await fetch(`${stack.url}/v1/agents/${agentId}/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: await response.json() };
  }

  function sendMany(body: Readonly<Record<string, unknown>>) {
    return Promise.all(Array.from({ length: 16 }, () => request('POST', 'messages/async', body)));
  }

  async function waiting(): Promise<readonly string[]> {
    const { body } = await request('GET', 'queue');
    return (body as { readonly runs: readonly { readonly run_id: string }[] }).runs.map(run => run.run_id);
  }

  it('all get a place of their own in the queue', async () => {
    const answers = await sendMany({ input: 'hi' });
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const ids = answers.map(({ body }) => (body as { readonly id: string }).id);
    assert.deepEqual([...(await waiting())].sort(), ids.sort());
  });

  it('and are one message lead to one run', async () => {
    const answers = await sendMany({ messages: [{ role: 'user', content: 'hi', otid: 'once' }] });
    const ids = new Set(answers.map(({ body }) => (body as { readonly id: string }).id));
    assert.deepEqual(await waiting(), [...ids]);
    assert.equal(ids.size, 1);
  });

  it('are refused but for the first, where they want to be when somebody is there', async () => {
    const answers = await sendMany({ input: 'hi', on_busy: 'reject' });
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 15 }, () => 409)]);
    assert.equal((await waiting()).length, 1);
  });
});
