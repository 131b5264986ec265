import assert from 'node:assert/strict';
import { contentOf } from '../support/agent-client.js';
import { modelOf, wireForms } from '../support/models.js';
import { textOf } from '../support/mock-reply.js';
import type { MockReply } from '../support/mock-reply.js';
import { useStack } from '../support/stack-client.js';
import { assertValidHistory, userTexts } from '../support/valid-history.js';

const refusal: MockReply = { error: { status: 400, body: { error: { type: 'invalid_request_error', message: 'The input is flagged.' } } } };

describe('input that the provider refuses', () => {
  const api = useStack();
  const { stack } = api;

  /** Refuses as long as anything in the history is flagged. */
  function refuseFlagged(otherwise: () => MockReply = () => ({ text: 'Yes.' })): void {
    stack.mock.script = request => (request.messages.some(message => textOf(message).includes('flagged')) ? refusal : otherwise());
  }

  async function status(agentId: string, input: string): Promise<number> {
    const response = await api.send(agentId, { input });
    await response.text();
    return response.status;
  }

  const lastTexts = (): string[] => {
    const last = stack.mock.seen.at(-1);
    assert.ok(last);
    assertValidHistory(last);
    return userTexts(last);
  };

  async function listedTexts(agentId: string): Promise<unknown[]> {
    const listed = (await api.letta.agents.messages.list(agentId, { order: 'asc' })).items;
    return listed.filter(message => message.message_type === 'user_message').map(contentOf);
  }

  for (const form of wireForms) {
    it(`leaves the context of ${form} and stays in the list, and the agent answers the next message`, async () => {
      const agentId = await api.newAgent({ model: modelOf[form] });
      refuseFlagged();
      assert.deepEqual([await status(agentId, 'first'), await status(agentId, 'flagged')], [200, 400]);
      const run = (await api.letta.runs.list({ agent_id: agentId, limit: 1, order: 'desc' })).items[0];
      const error = run?.metadata?.['error'] as Record<string, unknown>;
      assert.match(String(error['detail']), /flagged.* have left the context of the model.* still listed/);
      assert.equal(await status(agentId, 'second'), 200);
      assert.deepEqual(lastTexts(), ['first', 'second']);
      assert.deepEqual(await listedTexts(agentId), ['first', 'flagged', 'second']);
    });
  }

  it('leaves also when the run that brought it ended before the provider could refuse it', async () => {
    const agentId = await api.newAgent();
    stack.mock.script = () => ({ error: { status: 401, body: { error: { message: 'bad key' } } } });
    assert.equal(await status(agentId, 'flagged'), 401);
    refuseFlagged();
    assert.deepEqual([await status(agentId, 'second'), await status(agentId, 'third')], [400, 200]);
    assert.deepEqual(lastTexts(), ['third']);
    assert.deepEqual(await listedTexts(agentId), ['flagged', 'second', 'third']);
  });

  it('stays when a later step is refused: the provider has taken it once', async () => {
    const agentId = await api.newAgent();
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool' ? refusal : { toolCalls: [{ name: 'conversation_search', args: { query: 'x' } }] };
    assert.equal(await status(agentId, 'first'), 400);
    refuseFlagged();
    assert.equal(await status(agentId, 'second'), 200);
    assert.deepEqual(lastTexts(), ['first', 'second']);
  });
});
