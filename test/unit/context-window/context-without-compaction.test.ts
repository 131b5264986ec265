import assert from 'node:assert/strict';
import { contextWithoutCompaction, contextWithoutRun } from '../../../src/domain/context-window/context-without-compaction.js';

describe('contextWithoutRun', () => {
  it("takes the run's messages out", () => {
    assert.deepEqual(contextWithoutRun(['a', 'mine', 'b'], [], new Set(['mine'])), ['a', 'b']);
  });

  it('puts what the run has compacted back in its place, also through two summaries', () => {
    const newestFirst = [
      { summaryId: 's2', replacedIds: ['s1', 'c'] },
      { summaryId: 's1', replacedIds: ['a', 'b'] },
    ];
    assert.deepEqual(contextWithoutRun(['s2', 'd', 'mine'], newestFirst, new Set(['mine', 's1', 's2'])), ['a', 'b', 'c', 'd']);
  });
});

describe('contextWithoutCompaction', () => {
  it('puts the messages in the place of the summary, and what stayed among them in its own', () => {
    const compaction = { summaryId: 's', replacedIds: ['a', 'input', 'b'] };
    assert.deepEqual(contextWithoutCompaction(['s', 'input', 'c'], compaction), ['a', 'input', 'b', 'c']);
  });

  it('changes nothing where the summary has left', () => {
    assert.deepEqual(contextWithoutCompaction(['t', 'a'], { summaryId: 's', replacedIds: ['a', 'b'] }), ['t', 'a']);
  });
});
