import assert from 'node:assert/strict';
import { pino } from 'pino';
import { logRedaction } from '../../src/config/logger.js';
import { contentOf } from '../support/agent-client.js';
import { useStack } from '../support/stack-client.js';
import { openWs } from '../support/ws-client.js';

/** Half of a character, as JSON has it: an escape that Postgres refuses. */
const half = '\ud800';
/** Too long for an index, and nothing in it repeats, so that Postgres cannot make it shorter. */
const long = Array.from({ length: 4000 }, (_, n) => String.fromCharCode(0x4e00 + ((n * 7919) % 20_000))).join('');

describe('bad input', () => {
  const client = useStack();
  const { stack } = client;
  beforeEach(() => {
    stack.mock.script = () => ({ text: 'Fine.' });
  });

  const ask = async (method: string, path: string, body: unknown): Promise<readonly [number, string]> => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${stack.url}${path}`, { method, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
    return [response.status, await response.text()];
  };
  const runsOf = async (agentId: string): Promise<number> => (await client.letta.runs.list({ agent_id: agentId })).items.length;

  it('with halves of characters and NUL in any text is stored with what can be', async () => {
    const agentId = await client.newAgent({ description: `n${half}\0`, metadata: { [`key${half}`]: [half] }, tags: [`t${half}`] });
    const agent = await client.letta.agents.retrieve(agentId, { include: ['agent.tags'] });
    assert.deepEqual([agent.description, agent.metadata, agent.tags], ['n\ufffd', { 'key\ufffd': ['\ufffd'] }, ['t\ufffd']]);
    const sent = await client.send(agentId, {
      messages: [{ role: 'user', content: [{ type: 'text', text: `a${half}` }], name: half, sender_id: half, otid: half }],
      override_system: `Be brief.${half}`,
      client_tools: [{ name: 'look', description: half, parameters: { type: 'object', properties: { [half]: { type: 'string' } } } }],
      client_skills: [{ name: half, description: half, location: half }],
    });
    assert.equal(sent.status, 200, await sent.clone().text());
    const user = (await client.letta.agents.messages.list(agentId)).items.find(message => message.message_type === 'user_message');
    assert.equal(contentOf(user), 'a\ufffd');
    assert.equal(user?.sender_id, '\ufffd');

    const ws = await openWs(`${stack.url}/v1/ws`);
    ws.say({ type: 'send', id: 'half', agent_id: agentId, input: half, override_system: half });
    assert.deepEqual((await ws.answerTo('half')).at(-1), { id: 'half', done: true });
    ws.socket.terminate();
  });

  it('is refused with 422 when it is nested too deep or a key is too long, and changes nothing', async () => {
    const agentId = await client.newAgent();
    const deep = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    const tooDeep = await ask('PATCH', `/v1/agents/${agentId}`, `{"metadata":{"deep":${deep}}}`);
    assert.equal(tooDeep[0], 422);
    assert.match(tooDeep[1], /500 levels/);
    assert.deepEqual(
      await ask('POST', `/v1/agents/${agentId}/messages`, { messages: [{ role: 'user', content: 'x', otid: long }] }).then(first),
      422,
    );
    const withKey = await client.send(agentId, { input: 'x' }, { 'idempotency-key': 'k'.repeat(4000) });
    assert.equal(withKey.status, 422);
    const ws = await openWs(`${stack.url}/v1/ws`);
    ws.socket.send(`{"type":"send","id":"deep","agent_id":"${agentId}","input":${deep}}`);
    const refusal = await ws.until(message => message.error !== undefined);
    assert.deepEqual([refusal.id, refusal.error?.status], [null, 422]);
    ws.say({ type: 'send', id: 'long', agent_id: agentId, input: 'x', idempotency_key: long });
    assert.equal((await ws.answerTo('long'))[0]?.error?.status, 422);
    ws.socket.terminate();
    assert.equal(await runsOf(agentId), 0);
  });

  it('is refused with 422 when a body is no JSON, null or missing where one replaces what is there, and changes nothing', async () => {
    const agentId = await client.newAgent();
    const path = `/v1/agents/${agentId}/retention`;
    assert.equal(await ask('PUT', path, { messages: 'forever' }).then(first), 200);
    const policy = '{"messages":30}';
    for (const init of [{ body: policy }, { body: new URLSearchParams({ policy }) }, { body: Buffer.from(policy) }, {}]) {
      const response = await fetch(`${stack.url}${path}`, { method: 'PUT', ...init });
      assert.equal(response.status, 422, await response.text());
    }
    assert.equal(await ask('PUT', path, 'null').then(first), 422);
    assert.deepEqual(JSON.parse((await ask('GET', path, undefined))[1]), { messages: 'forever' });
    assert.equal(await ask('PATCH', `/v1/agents/${agentId}`, 'null').then(first), 422);
    assert.equal(
      await ask('POST', `/v1/conversations/?agent_id=${agentId}`, 'null').then(first),
      200,
      'V1 takes null where a body is optional',
    );
  });

  it('is refused with 400 when the database cannot hold a value', async () => {
    const agentId = await client.newAgent();
    const { id } = await client.letta.conversations.create({ agent_id: agentId });
    assert.equal(await ask('PATCH', `/v1/conversations/${id}`, { last_message_at: '0000-01-01T00:00:00' }).then(first), 400);
    assert.equal(await ask('PATCH', `/v1/agents/${agentId}`, { tags: [long] }).then(first), 400);
    assert.equal((await client.letta.conversations.retrieve(id)).last_message_at, null);
  });

  it('is refused with 400 when a message is empty', async () => {
    const agentId = await client.newAgent();
    const empty = [
      { input: '' },
      { input: [] },
      ...['', [], [{ type: 'text', text: '' }]].map(content => ({ messages: [{ role: 'user', content }] })),
    ];
    for (const body of empty) {
      const [status, text] = await ask('POST', `/v1/agents/${agentId}/messages`, body);
      assert.deepEqual([status, JSON.parse(text)], [400, { detail: 'The content of a message must not be empty' }], JSON.stringify(body));
    }
    const chat = await ask('POST', '/v1/chat/completions', { model: agentId, messages: [{ role: 'user', content: '' }] });
    assert.equal(chat[0], 400);
    assert.equal(await runsOf(agentId), 0);
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' } };
    assert.equal(await ask('POST', `/v1/agents/${agentId}/messages`, { input: [image] }).then(first), 200);
  });

  it('is refused with 422 when a budget counts in more than ten years', async () => {
    const agentId = await client.newAgent();
    for (const budget of [{ max_seconds: 1e306 }, { total: { max_tokens: 1000, window_seconds: 3_000_000_000 } }]) {
      assert.equal(await ask('PATCH', `/v1/agents/${agentId}`, { budget }).then(first), 422);
    }
    assert.equal(await ask('POST', `/v1/agents/${agentId}/messages`, { input: 'x', budget: { max_seconds: 1e306 } }).then(first), 422);
    const longest = 10 * 365 * 86_400;
    const budget = { max_seconds: longest, total: { max_tokens: 1_000_000, window_seconds: longest } };
    assert.equal(await ask('PATCH', `/v1/agents/${agentId}`, { budget }).then(first), 200);
    assert.equal(await ask('POST', `/v1/agents/${agentId}/messages`, { input: 'x' }).then(first), 200);
  });

  it('is refused with 422 when the name of a model is longer than a search attribute', async () => {
    const config = { model: 'm', model_endpoint_type: 'openai', context_window: 8000 };
    const name = (length: number) => 'm'.repeat(length);
    for (const more of [
      { handle: name(201) },
      { model: name(201) },
      { provider_name: name(201) },
      { model: name(120), provider_name: name(120) },
    ]) {
      const [status] = await ask('POST', '/v1/agents/', { llm_config: { ...config, ...more } });
      assert.equal(status, 422, JSON.stringify(more));
    }
    assert.equal(await ask('POST', '/v1/agents/', { llm_config: { ...config, handle: name(200) } }).then(first), 200);
    const agentId = await client.newAgent();
    assert.equal(await ask('POST', `/v1/agents/${agentId}/messages`, { input: 'x', override_model: name(201) }).then(first), 422);
    assert.equal(await ask('POST', `/v1/conversations/?agent_id=${agentId}`, { model: `openai/${name(200)}` }).then(first), 422);
  });

  it('does not come into the log by way of a statement that fails', async () => {
    const lines: string[] = [];
    const logger = pino({ redact: logRedaction }, { write: line => void lines.push(line) });
    const failed = stack.backend.database.query('select $1::jsonb', [`{"said": "a secret ${half}\\ud800"}`]);
    await assert.rejects(failed, error => {
      logger.error({ err: error }, 'request failed');
      return error instanceof Error && 'where' in error && /secret/.test(String(error.where));
    });
    assert.match(lines.join(''), /22P02/);
    assert.doesNotMatch(lines.join(''), /secret/);
  });
});

function first([status]: readonly [number, string]): number {
  return status;
}
