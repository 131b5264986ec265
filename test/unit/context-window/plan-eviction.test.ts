import assert from 'node:assert/strict';
import { estimateMessageTokens } from '../../../src/domain/context-window/estimate-request.js';
import { planEviction } from '../../../src/domain/context-window/plan-eviction.js';
import type { EvictionWishes } from '../../../src/domain/context-window/plan-eviction.js';
import type { Message } from '../../../src/domain/messages/message.js';
import { toModelMessages } from '../../../src/domain/messages/model-messages.js';
import { packHeartbeat } from '../../../src/domain/messages/packed-message.js';
import { answered, asked, called, randomContext, returned, said } from '../../support/context-messages.js';

const wishes: EvictionWishes = {
  evictsAll: false,
  share: 0.3,
  least: 1,
  keepsInput: true,
  summaryTokens: 100,
  goalTokens: 1000,
  weigh: estimateMessageTokens,
};

/** A question, and steps of call and return until it is answered. */
const turns = (count: number): Message[] =>
  Array.from({ length: count }, (_, n) => [said(`u${n}`, 'user'), called(`a${n}`), returned(`t${n}`, `a${n}`, 1, 'x'.repeat(400))]).flat();
const ids = (messages: readonly Message[]): string[] => messages.map(message => message.id);
const weight = (messages: readonly Message[]): number => messages.reduce((sum, message) => sum + estimateMessageTokens(message), 0);

describe('planEviction', () => {
  it('evicts the oldest, and never parts a call from its return', () => {
    for (const count of [2, 3, 5, 8, 13]) {
      const messages = turns(count);
      const eviction = planEviction([said('s', 'system'), ...messages], { ...wishes, goalTokens: 110 * count + 100 });
      assert.ok(eviction, String(count));
      assert.equal(eviction.isAll, false, String(count));
      assert.deepEqual(new Set([...eviction.evicted, ...eviction.kept]), new Set(messages));
      assert.notEqual(eviction.evicted.at(-1)?.role, 'assistant');
    }
  });

  it('evicts more when less is not enough, and all but what the user has said last when nothing is', () => {
    const context = [said('s', 'system'), ...turns(10)];
    const roomy = planEviction(context, { ...wishes, goalTokens: 1200 });
    const tight = planEviction(context, { ...wishes, goalTokens: 500 });
    assert.ok(roomy && tight);
    assert.ok(tight.evicted.length > roomy.evicted.length);
    const none = planEviction(context, { ...wishes, goalTokens: 20 });
    assert.deepEqual([none?.isAll, ids(none?.kept ?? [])], [true, ['u9']]);
    const idle = planEviction(context, { ...wishes, goalTokens: 20, keepsInput: false });
    assert.deepEqual(idle?.kept, []);
  });

  it('keeps what the user has said last in front of the steps since, and takes no note of this server for it', () => {
    const note = said('h', 'user', packHeartbeat('go on', { at: new Date(), timezone: null }));
    const steps = Array.from({ length: 9 }, (_, n) => [called(`a${n}`), returned(`t${n}`, `a${n}`, 1, 'x'.repeat(400)), note]).flat();
    const eviction = planEviction([said('s', 'system'), said('old', 'user'), answered('b', 'ok'), said('input', 'user'), ...steps], {
      ...wishes,
      goalTokens: 900,
    });
    assert.equal(eviction?.isAll, false);
    assert.deepEqual(ids(eviction?.kept ?? []).slice(0, 2), ['input', 'a5']);
    assert.ok(ids(eviction?.evicted ?? []).includes('old'));
  });

  it('keeps all messages of one request together', () => {
    const input = ['x', 'y'].map(id => ({ ...said(id, 'user'), runId: 'run' }));
    const eviction = planEviction([said('s', 'system'), said('old', 'user'), ...input], { ...wishes, goalTokens: 60 });
    assert.deepEqual(ids(eviction?.kept ?? []), ['x', 'y']);
  });

  it('never evicts a request that waits for an answer', () => {
    const open = [{ ...called('half'), stepId: 'step' }, asked('request', 'step')];
    for (const evictsAll of [true, false]) {
      const eviction = planEviction([said('s', 'system'), ...turns(3), ...open], {
        ...wishes,
        evictsAll,
        keepsInput: false,
        goalTokens: 10,
      });
      assert.deepEqual(ids(eviction?.kept ?? []), ['half', 'request']);
    }
    assert.equal(planEviction([said('s', 'system'), ...open], { ...wishes, goalTokens: 10 }), null);
  });

  it('has nothing to do where there is nothing but a summary of good length', () => {
    assert.equal(planEviction([said('s', 'system')], wishes), null);
    assert.equal(planEviction([said('s', 'system'), said('m', 'summary')], wishes), null);
    assert.equal(planEviction([], wishes), null);
    const long = planEviction([said('s', 'system'), said('m', 'summary', 'x'.repeat(4000)), said('u', 'user')], wishes);
    assert.deepEqual([long?.isAll, ids(long?.evicted ?? []), ids(long?.kept ?? [])], [true, ['m'], ['u']]);
  });

  it('leaves a valid context that fits, with what the user has said last, whatever the conversation', () => {
    for (let seed = 1; seed <= 2000; seed += 1) {
      const context = randomContext(seed);
      const goalTokens = 200 + (seed % 40) * 100;
      const evictsAll = seed % 5 === 0;
      const eviction = planEviction(context, { ...wishes, goalTokens, evictsAll, summaryTokens: 200, share: (seed % 10) / 10 });
      if (eviction === null) {
        assert.ok(
          context
            .slice(1)
            .every(({ role }) => role === 'user' || role === 'summary' || role === 'approval_request' || role === 'assistant'),
        );
        continue;
      }
      const { evicted, kept } = eviction;
      assert.deepEqual(ids(context.slice(1)).toSorted(), ids([...evicted, ...kept]).toSorted(), `${seed}: each message stays or goes`);
      const isInOrder = (part: readonly Message[]): boolean =>
        part.every((m, i) => i === 0 || context.indexOf(m) > context.indexOf(part[i - 1] ?? m));
      assert.ok(isInOrder(evicted) && isInOrder(kept), `${seed}: order`);
      const input = context.findLast(message => message.role === 'user');
      assert.ok(input !== undefined && kept.includes(input), `${seed}: the input stays`);
      const openTail = context.filter(message => message.role === 'approval_request' || message.id === 'half');
      assert.ok(
        openTail.every(message => kept.includes(message)),
        `${seed}: the open request stays`,
      );
      if (!eviction.isAll) assert.ok(weight(kept) < goalTokens, `${seed}: fits`);
      else
        assert.ok(
          kept.every(message => message.role === 'user' || openTail.includes(message)),
          `${seed}: nothing else stays`,
        );
      assertPaired(toModelMessages([said('sum', 'summary'), ...kept]), seed);
    }
  });
});

/** Each call has its return right behind it, and no return is without its call. */
function assertPaired(messages: readonly Message[], seed: number): void {
  messages.forEach((message, index) => {
    if (message.role !== 'tool') return;
    const before = messages[index - 1];
    assert.ok(before?.role === 'assistant', `${seed}: a return follows its call`);
    assert.deepEqual(
      message.toolReturns.map(entry => entry.toolCallId),
      before.toolCalls.map(call => call.id),
    );
  });
}
