import assert from 'node:assert/strict';
import { contextWithoutRun } from '../../../src/domain/context-window/context-without-run.js';

describe('contextWithoutRun', () => {
  it("takes the run's messages out", () => {
    assert.deepEqual(contextWithoutRun(['a', 'mine', 'b'], [], new Set(['mine'])), ['a', 'b']);
  });

  it('puts what the run has compacted back in its place, also through two summaries', () => {
    const newestFirst = [
      { summaryId: 's2', evictedIds: ['s1', 'c'] },
      { summaryId: 's1', evictedIds: ['a', 'b'] },
    ];
    assert.deepEqual(contextWithoutRun(['s2', 'd', 'mine'], newestFirst, new Set(['mine', 's1', 's2'])), ['a', 'b', 'c', 'd']);
  });
});
