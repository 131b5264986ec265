import assert from 'node:assert/strict';
import { chooseMessagesToSummarize } from '../../../src/domain/context-window/choose-messages-to-summarize.js';
import { renderTranscript } from '../../../src/domain/context-window/transcript.js';
import { plainMessage } from '../../../src/domain/messages/message.js';
import type { Message } from '../../../src/domain/messages/message.js';

function base(id: string) {
  return {
    id,
    agentId: 'a',
    conversationId: 'c',
    createdAt: '2025-01-01T00:00:00.000Z',
    ...plainMessage,
  };
}
const said = (id: string, role: 'system' | 'user' | 'summary', text = id): Message => ({
  ...base(id),
  role,
  content: [{ type: 'text', text }],
});
const called = (id: string): Message => ({
  ...base(id),
  role: 'assistant',
  model: 'm',
  content: [],
  toolCalls: [{ id: `call-${id}`, name: 'look', arguments: '{}' }],
});
const returned = (id: string, content = 'seen'): Message => ({
  ...base(id),
  role: 'tool',
  toolReturns: [{ toolCallId: `call-${id}`, toolName: 'look', status: 'success', content, stdout: [], stderr: [] }],
});

/** A question, and steps of call and return until it is answered. */
const turns = (count: number): Message[] =>
  Array.from({ length: count }, (_, n) => [said(`u${n}`, 'user'), called(`a${n}`), returned(`t${n}`, 'x'.repeat(400))]).flat();

const sliding = { mode: 'sliding_window', share: 0.3, least: 1 } as const;

describe('chooseMessagesToSummarize', () => {
  it('evicts the oldest, and never parts a call from its return', () => {
    for (const count of [2, 3, 5, 8, 13]) {
      const messages = turns(count);
      const eviction = chooseMessagesToSummarize([said('s', 'system'), ...messages], 140 * count, sliding);
      assert.ok(eviction, String(count));
      assert.equal(eviction.mode, 'sliding_window', String(count));
      assert.deepEqual([...eviction.evicted, ...eviction.kept], messages);
      assert.equal(eviction.kept[0]?.role, 'assistant');
      assert.notEqual(eviction.evicted.at(-1)?.role, 'assistant');
    }
  });

  it('evicts more when less is not enough, and all when nothing is', () => {
    const context = [said('s', 'system'), ...turns(10)];
    const roomy = chooseMessagesToSummarize(context, 2500, sliding);
    const tight = chooseMessagesToSummarize(context, 800, sliding);
    assert.ok(roomy && tight);
    assert.ok(tight.evicted.length > roomy.evicted.length);
    const none = chooseMessagesToSummarize(context, 10, sliding);
    assert.equal(none?.mode, 'all');
    assert.deepEqual(none.kept, []);
  });

  it('has nothing to do where there is nothing but a summary', () => {
    assert.equal(chooseMessagesToSummarize([said('s', 'system')], 10, sliding), null);
    assert.equal(chooseMessagesToSummarize([said('s', 'system'), said('m', 'summary')], 10, sliding), null);
    assert.equal(chooseMessagesToSummarize([], 10, sliding), null);
  });
});

describe('renderTranscript', () => {
  it('shows who said and did what', () => {
    assert.equal(
      renderTranscript([said('Hi', 'user'), called('1'), returned('1')], 1000),
      '[user] Hi\n[assistant] -> look({})\n[tool] look: seen',
    );
  });

  it('loses the middle of what is too long, and says how much', () => {
    const text = renderTranscript([said('x', 'user', `${'a'.repeat(300)}${'b'.repeat(300)}`)], 100);
    assert.ok(text.startsWith('[user] aaa') && text.endsWith('bbb'));
    assert.match(text, /… \(507 characters left out\) …/);
  });
});
