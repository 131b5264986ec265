import assert from 'node:assert/strict';
import { approvalWorld } from '../support/approval-world.js';
import { modelOf, wireForms } from '../support/models.js';
import { useStack } from '../support/stack-client.js';

const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('the preview of a request to the model', () => {
  const client = useStack();
  const { stack } = client;
  beforeEach(() => {
    stack.mock.script = () => ({ text: 'Fine.' });
  });

  const post = (path: string, body: unknown): Promise<Response> =>
    fetch(`${stack.url}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const preview = (agentId: string, body: unknown): Promise<Response> => post(`/v1/agents/${agentId}/messages/preview-raw-payload`, body);

  for (const form of wireForms) {
    it(`is the request that the message then makes, in the form of ${form}, and sends nothing`, async () => {
      const agentId = await client.newAgent({ model: modelOf[form], tools: ['test_tool'], timezone: 'Europe/Berlin' });
      await client.send(agentId, { input: 'Earlier.' });
      // The text that the model reads is compiled anew when the next run begins.
      await client.letta.agents.blocks.update('human', { agent_id: agentId, value: 'Likes tea.' });
      const sent = stack.mock.seen.length;
      const content = [
        { type: 'text', text: 'What is this?' },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
      ];
      const body = {
        messages: [{ role: 'user', content }],
        client_tools: [{ name: 'mine', description: 'At the client.', parameters: { type: 'object', properties: {} } }],
        client_skills: [{ name: 'tea', description: 'How to make tea', location: 'tea.md' }],
      };
      const response = await preview(agentId, body);
      const previewed: unknown = await response.json();
      assert.equal(response.status, 200, JSON.stringify(previewed));
      assert.equal(stack.mock.seen.length, sent);
      assert.match(JSON.stringify(previewed), /Likes tea/);
      assert.equal((await client.send(agentId, body)).status, 200);
      assert.deepEqual(withoutClock(previewed), withoutClock(stack.mock.seen.at(sent)?.body));
    });
  }

  it('goes by the conversation, its model, and what the request overrides', async () => {
    const agentId = await client.newAgent();
    const { id } = await client.letta.conversations.create({ agent_id: agentId, model: 'openai/gpt-5' });
    const body = { messages: [{ role: 'user', content: 'Hi' }], override_system: 'Be brief.', streaming: false };
    const previewed = (await (await post(`/v1/conversations/${id}/messages/preview-raw-payload`, body)).json()) as { model: string };
    assert.equal(previewed.model, 'gpt-5');
    const sent = stack.mock.seen.length;
    assert.equal((await post(`/v1/conversations/${id}/messages`, body)).status, 200);
    assert.deepEqual(previewed, stack.mock.seen.at(sent)?.body);
    const overriding = { ...body, agent_id: agentId, override_model: 'openai/mock-model' };
    const ofDefault = await post('/v1/conversations/default/messages/preview-raw-payload', overriding);
    assert.equal(((await ofDefault.json()) as { model: string }).model, 'mock-model');
  });

  it('shows the shorter answer that a budget leaves, or how the run would end', async () => {
    const agentId = await client.newAgent({ budget: { total: { max_tokens: 20_000 } } });
    const body = { input: 'Hi' };
    const previewed = (await (await preview(agentId, body)).json()) as Record<string, unknown>;
    const sent = stack.mock.seen.length;
    await client.send(agentId, body);
    assert.deepEqual(previewed, stack.mock.seen.at(sent)?.body);
    assert.ok(Number(previewed['max_completion_tokens'] ?? previewed['max_tokens']) < 20_000);
    const refused = await preview(agentId, { ...body, budget: { max_tokens: 20 } });
    assert.equal(refused.status, 402);
    assert.equal(((await refused.json()) as { error: { type: string } }).error.type, 'budget_exceeded');
  });

  it('answers what sending the message would be answered, and changes nothing', async () => {
    const world = approvalWorld(stack);
    world.reset();
    const agentId = await world.askingAgent();
    assert.equal((await preview(agentId, {})).status, 422);
    assert.equal((await preview(agentId, { input: 'Hi', stream_tokens: true })).status, 422);
    assert.equal((await preview(agentId, { input: 'Hi', override_model: 'openai-nobody/none' })).status, 404);
    assert.equal((await preview('agent-00000000-0000-4000-8000-000000000000', { input: 'Hi' })).status, 404);
    assert.equal((await preview(agentId, { messages: [{ type: 'approval', approvals: [] }] })).status, 400);
    await world.ask(agentId);
    const pending = await preview(agentId, { input: 'Hi' });
    assert.equal(pending.status, 409);
    assert.equal(((await pending.json()) as { detail: { code: string } }).detail.code, 'PENDING_APPROVAL');
    const demo = await preview(await client.newAgent({ model: 'perdura/demo' }), { input: 'Hi' });
    assert.equal(demo.status, 400);
    assert.match(await demo.text(), /part of this server/);
    assert.equal((await client.letta.runs.list({ agent_id: agentId })).items.length, 1);
  });
});

/** The system message says when it was compiled, to the second. */
function withoutClock(body: unknown): unknown {
  return JSON.parse(JSON.stringify(body).replaceAll(/(System prompt last recompiled: )[^\\]*/g, '$1')) as unknown;
}
