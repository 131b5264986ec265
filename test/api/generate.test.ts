import assert from 'node:assert/strict';
import { modelOf, wireForms } from '../support/models.js';
import { useStack } from '../support/stack-client.js';

interface Generated {
  readonly content: string;
  readonly model: string;
  readonly usage: { readonly total_tokens: number; readonly step_count: number; readonly cost: number | null };
}

const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

describe('a text of an agent’s model', () => {
  const client = useStack();
  const { stack } = client;
  beforeEach(() => {
    stack.mock.script = request => ({ text: `Text for ${request.messages.length}` });
  });

  const generate = (agentId: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${stack.url}/v1/agents/${agentId}/generate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const generated = async (agentId: string, body: unknown, headers: Record<string, string> = {}): Promise<Generated> => {
    const response = await generate(agentId, body, headers);
    const shown: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(shown));
    return shown as Generated;
  };
  const rows = <Row>(sql: string, agentId: string): Promise<Row[]> => stack.backend.database.query<Row>(sql, [agentId]);

  for (const form of wireForms) {
    it(`comes from the prompt alone, or in the form of a schema, in the form of ${form}`, async () => {
      const agentId = await client.newAgent({ model: modelOf[form], tools: ['test_tool'] });
      const text = await generated(agentId, { prompt: 'A word.', system_prompt: 'Be brief.' });
      assert.equal(text.content, 'Text for 2');
      assert.equal(text.model, modelOf[form].split('/')[1]);
      assert.ok(text.usage.total_tokens > 0);
      assert.doesNotMatch(JSON.stringify(stack.mock.seen.at(-1)?.body), /test_tool|memory_metadata/);
      stack.mock.script = request => {
        const [tool] = request.tools ?? [];
        return { toolCalls: [{ name: tool?.function.name ?? '', args: { city: 'Rome' }, id: 'call_1' }] };
      };
      const shaped = await generated(agentId, { prompt: 'A city.', response_schema: schema });
      assert.deepEqual(JSON.parse(shaped.content), { city: 'Rome' });
      assert.match(JSON.stringify(stack.mock.seen.at(-1)?.body), /"city"/);
    });
  }

  it('leaves no message and no run, is charged to the agent, and is traced', async () => {
    const agentId = await client.newAgent();
    const before = await client.letta.agents.messages.list(agentId);
    const { usage } = await generated(agentId, { prompt: 'A word.' });
    assert.deepEqual((await client.letta.agents.messages.list(agentId)).items, before.items);
    assert.equal((await client.letta.runs.list({ agent_id: agentId })).items.length, 0);
    const charges = await rows<{ tokens: number; reserved: boolean }>(
      'select tokens, reserved from model_charges where agent_id = $1',
      agentId,
    );
    assert.deepEqual(charges, [{ tokens: usage.total_tokens, reserved: false }]);
    const traces = await rows<{ call_type: string; request: { messages: unknown[] } }>(
      'select call_type, request from provider_traces where agent_id = $1',
      agentId,
    );
    assert.deepEqual(
      traces.map(({ call_type, request }) => [call_type, request.messages.length]),
      [['generation', 1]],
    );
  });

  it('is asked for once, however often the same request comes, also while a run of the agent is busy', async () => {
    const agentId = await client.newAgent();
    let calls = 0;
    stack.mock.script = async () => {
      calls += 1;
      await new Promise(resolve => setTimeout(resolve, 50));
      return { text: `Text ${calls}` };
    };
    const body = { prompt: 'Once.' };
    const key = { 'idempotency-key': 'one' };
    const answers = await Promise.all([1, 2, 3].map(() => generated(agentId, body, key)));
    assert.deepEqual(new Set(answers.map(({ content }) => content)), new Set(['Text 1']));
    assert.equal((await generated(agentId, body, { 'x-stainless-retry-count': '1' })).content, 'Text 1');
    assert.equal((await generated(agentId, body)).content, 'Text 2');
  });

  it('tries a failure that may pass again, and answers 502 to one that does not', async () => {
    const agentId = await client.newAgent();
    let calls = 0;
    stack.mock.script = () => {
      calls += 1;
      return calls === 1 ? { error: { status: 500, body: { error: { message: 'Try later.' } } } } : { text: 'At last.' };
    };
    assert.equal((await generated(agentId, { prompt: 'Go.' })).content, 'At last.');
    stack.mock.script = () => ({ error: { status: 401, body: { error: { message: 'No such key.' } } } });
    const failed = await generate(agentId, { prompt: 'Go.' });
    assert.equal(failed.status, 502);
    const { detail } = (await failed.json()) as { detail: string };
    assert.match(detail, /credentials/);
    const last = await rows<{ status: string }>(
      'select status from generations where agent_id = $1 order by created_at desc limit 1',
      agentId,
    );
    assert.equal(last[0]?.status, 'failed');
  });

  it('is refused for what is wrong, or what no budget allows, before the model is asked', async () => {
    const agentId = await client.newAgent({ budget: { total: { max_tokens: 10 } } });
    const asked = stack.mock.seen.length;
    assert.equal((await generate(agentId, { prompt: '' })).status, 422);
    assert.equal((await generate(agentId, { prompt: 'Go.', response_schema: { type: 'string' } })).status, 422);
    assert.equal((await generate(agentId, { prompt: 'Go.', override_model: 'nobody/none' })).status, 404);
    assert.equal((await generate('agent-00000000-0000-4000-8000-000000000000', { prompt: 'Go.' })).status, 404);
    const refused = await generate(agentId, { prompt: 'Go.' });
    assert.equal(refused.status, 402);
    assert.match(await refused.text(), /total budget is 10 tokens/);
    assert.equal(stack.mock.seen.length, asked);
    const ended = await client.newAgent();
    assert.equal((await fetch(`${stack.url}/v1/agents/${ended}/terminate`, { method: 'POST' })).status, 200);
    assert.equal((await generate(ended, { prompt: 'Go.' })).status, 409);
  });

  it('is written although its execution was ended by force: reconcile begins it anew', async () => {
    const agentId = await client.newAgent();
    let calls = 0;
    let answer: (() => void) | null = null;
    stack.mock.script = async () => {
      calls += 1;
      if (calls === 1) await new Promise<void>(resolve => (answer = resolve));
      return { text: `Text ${calls}` };
    };
    const waiting = generated(agentId, { prompt: 'Go.' });
    while (answer === null) await new Promise(resolve => setTimeout(resolve, 20));
    const [row] = await rows<{ id: string }>('select id from generations where agent_id = $1', agentId);
    await stack.backend.temporal.client.workflow.getHandle(`generation/${row?.id ?? ''}`).terminate();
    assert.equal((await waiting).content, 'Text 2');
    (answer as () => void)();
  });
});
