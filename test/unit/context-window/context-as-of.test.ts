import assert from 'node:assert/strict';
import { contextAsOf } from '../../../src/domain/context-window/context-as-of.js';

const messages = (...ids: readonly string[]) => ids.map((id, index) => ({ id, sequence: (index + 1) * 10 }));

describe('contextAsOf', () => {
  it('is all messages in order when nothing left the context', () => {
    assert.deepEqual(contextAsOf(messages('a', 'b', 'c').reverse(), []), ['a', 'b', 'c']);
  });

  it('has a summary where the first evicted message was, and what came later behind it', () => {
    const compactions = [{ sequence: 39, summaryMessageId: 's', evicted: ['a', 'b'] }];
    assert.deepEqual(contextAsOf(messages('a', 'b', 'c', 's', 'd'), compactions), ['s', 'c', 'd']);
  });

  it('has a summary of a summary', () => {
    const compactions = [
      { sequence: 60, summaryMessageId: 't', evicted: ['s', 'c'] },
      { sequence: 40, summaryMessageId: 's', evicted: ['a', 'b'] },
    ];
    assert.deepEqual(contextAsOf(messages('a', 'b', 'c', 's', 'd', 't'), compactions), ['t', 'd']);
  });

  it('is empty after a reset, and has what came later', () => {
    const reset = { sequence: 25, summaryMessageId: null, evicted: ['a', 'b'] };
    assert.deepEqual(contextAsOf(messages('a', 'b'), [reset]), []);
    assert.deepEqual(contextAsOf(messages('a', 'b', 'c'), [reset]), ['c']);
  });

  it('has the summary in front of what stayed among the evicted messages', () => {
    const compaction = { sequence: 45, summaryMessageId: 's', evicted: ['a', 'c'], replaced: ['a', 'b', 'c'] };
    assert.deepEqual(contextAsOf(messages('a', 'b', 'c', 'd'), [compaction]), ['s', 'b', 'd']);
  });

  it('has the messages in their order again once the compaction was undone', () => {
    const compaction = { sequence: 35, summaryMessageId: 's', evicted: ['a', 'c'], replaced: ['a', 'b', 'c'], undoneSequence: 45 };
    assert.deepEqual(contextAsOf(messages('a', 'b', 'c', 'd', 'e'), [compaction]), ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(contextAsOf(messages('a', 'b', 'c', 'd'), [{ ...compaction, undoneSequence: null }]), ['s', 'b', 'd']);
  });

  it('keeps a summary of which all messages were deleted since, but none that is not among the messages itself', () => {
    const compactions = [{ sequence: 35, summaryMessageId: 's', evicted: ['x', 'y'] }];
    assert.deepEqual(contextAsOf(messages('a', 'b', 'c', 's', 'd'), compactions), ['s', 'a', 'b', 'c', 'd']);
    assert.deepEqual(contextAsOf(messages('a', 'b', 'c', 'd'), compactions), ['a', 'b', 'c', 'd']);
  });
});
