import assert from 'node:assert/strict';
import { textOf } from '../support/mock-reply.js';
import { modelOf, wireForms } from '../support/models.js';
import { useStack } from '../support/stack-client.js';
import { assertValidHistory } from '../support/valid-history.js';
import { oddAnswers } from './odd-answers.js';

interface Answer {
  readonly messages: readonly { readonly message_type: string; readonly tool_return?: string }[];
  readonly stop_reason: { readonly stop_reason: string };
}

describe('odd answers of a provider', () => {
  const api = useStack();
  const { stack } = api;
  beforeEach(() => {
    stack.testTool = (_, args) => Promise.resolve({ status: 'success', value: `got ${String(args['text'])}` });
  });

  for (const odd of oddAnswers) {
    for (const form of odd.forms ?? wireForms) {
      it(`${odd.name} of ${form}: ends with ${odd.stopReason} after ${odd.requests}, and the next message is answered`, async () => {
        const agentId = await api.newAgent({ model: modelOf[form], tools: ['test_tool'] });
        const before = stack.mock.seen.length;
        stack.mock.script = () => (stack.mock.seen.length === before + 1 ? odd.reply : { text: 'I see.' });
        const response = await api.send(agentId, { input: 'Go' });
        const answer = (await response.json()) as Answer;
        assert.equal(response.status, 200, JSON.stringify(answer));
        assert.equal(answer.stop_reason.stop_reason, odd.stopReason);
        assert.deepEqual(
          answer.messages.map(message => message.message_type),
          odd.shown,
        );
        assert.equal(stack.mock.seen.length - before, odd.requests);
        if (odd.toolReturn !== null) {
          const told = stack.mock.seen.at(-1)?.request.messages.find(message => message.role === 'tool');
          assert.match(textOf(told), odd.toolReturn, 'the model is told');
        }
        assert.equal((await api.send(agentId, { input: 'And now?' })).status, 200);
        const last = stack.mock.seen.at(-1);
        assert.ok(last);
        assertValidHistory(last);
      });
    }
  }

  it('shows what a model refuses as what it says', async () => {
    const agentId = await api.newAgent();
    const refusal = { choices: [{ index: 0, delta: { refusal: 'I will not.' }, finish_reason: 'stop' }] };
    stack.mock.script = () => ({ wire: { body: `data: ${JSON.stringify(refusal)}\n\ndata: [DONE]\n\n` } });
    const answer = await api.letta.agents.messages.create(agentId, { input: 'Do it' });
    assert.deepEqual(
      answer.messages.map(message => ('content' in message ? message.content : null)),
      ['I will not.'],
    );
    assert.equal(answer.stop_reason.stop_reason, 'end_turn');
  });

  for (const form of wireForms) {
    it(`compacts a context that ${form} finds too long, also when it is one message that does not fit, and answers`, async () => {
      const agentId = await api.newAgent({ model: modelOf[form] });
      stack.mock.script = request => {
        const last = textOf(request.messages.at(-1));
        if (last.includes('Write the summary')) return { text: 'A long text came.' };
        const isTooLong = request.messages.some(message => textOf(message).includes('far too long'));
        return isTooLong ? overflowOf(form) : { text: 'That was long.' };
      };
      const response = await api.send(agentId, { input: 'far too long' });
      assert.equal(response.status, 200, await response.text());
      const last = stack.mock.seen.at(-1);
      assert.ok(last);
      assertValidHistory(last);
      assert.match(JSON.stringify(last.request.messages), /A long text came/);
      const listed = (await api.letta.agents.messages.list(agentId, { order: 'asc' })).items;
      assert.ok(
        listed.some(message => 'content' in message && message.content === 'far too long'),
        'the input is still in the history',
      );
    });
  }
});

function overflowOf(form: (typeof wireForms)[number]) {
  const message = 'prompt is too long: 210000 tokens > 200000 maximum';
  const error = { type: 'invalid_request_error', message };
  return { error: { status: 400, body: form === 'anthropic' ? { type: 'error', error } : { error } } };
}
