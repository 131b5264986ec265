import assert from 'node:assert/strict';
import { fuse } from '../../../src/domain/search/fuse.js';
import type { NearTurn } from '../../../src/domain/search/fuse.js';

const ids = (fused: readonly { readonly id: string }[]): string[] => fused.map(({ id }) => id);

describe('fuse', () => {
  it('puts what both ways found before what one found, with the places in both', () => {
    const fused = fuse({
      words: [
        { id: 'w', score: 0.6 },
        { id: 'both', score: 0.5 },
      ],
      vectors: [
        { id: 'v', score: 0.6 },
        { id: 'both', score: 0.55 },
      ],
    });
    assert.equal(fused[0]?.id, 'both');
    assert.deepEqual([fused[0].wordRank, fused[0].vectorRank], [2, 2]);
    assert.deepEqual(fused.map(({ id, wordRank, vectorRank }) => [id, wordRank, vectorRank]).toSorted(), [
      ['both', 2, 2],
      ['v', null, 1],
      ['w', 1, null],
    ]);
  });

  it('keeps the order of the one way that found something', () => {
    const hits = ['a', 'b', 'c'].map((id, index) => ({ id, score: 0.9 - index / 10 }));
    assert.deepEqual(ids(fuse({ words: hits, vectors: [] })), ['a', 'b', 'c']);
    assert.deepEqual(ids(fuse({ words: [], vectors: hits })), ['a', 'b', 'c']);
    assert.deepEqual(fuse({ words: [], vectors: [] }), []);
  });

  it('goes by how good hits are: poor words do not outweigh a near vector', () => {
    const words = ['x', 'y', 'z'].map(id => ({ id, score: 0.05 }));
    assert.equal(fuse({ words, vectors: [{ id: 'v', score: 0.7 }] })[0]?.id, 'v');
  });

  it('lends to the turns around a hit, most to the one behind it, which is found by that alone', () => {
    const near = new Map<string, readonly NearTurn[]>([
      [
        'question',
        [
          { id: 'before', offset: -1 },
          { id: 'answer', offset: 1 },
        ],
      ],
    ]);
    const fused = fuse({ words: [{ id: 'question', score: 0.9 }], vectors: [], near });
    assert.deepEqual(ids(fused), ['question', 'answer', 'before']);
    assert.deepEqual([fused[1]?.wordRank, fused[1]?.vectorRank], [null, null]);
  });

  it('takes vectors that point the other way for no hits at all', () => {
    assert.equal(fuse({ words: [], vectors: [{ id: 'v', score: -0.2 }] })[0]?.score, 0);
  });
});
