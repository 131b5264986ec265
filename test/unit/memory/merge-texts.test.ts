import assert from 'node:assert/strict';
import { mergeTexts } from '../../../src/repositories/merge-texts.js';

describe('mergeTexts', () => {
  const text = (...lines: readonly string[]): string => lines.join('\n');
  const [one, two] = [text('a', 'b', 'c', 'd', 'e'), text('a', '', 'b', '', 'c')];

  it('keeps both edits where an unchanged line lies between them, whoever is first', () => {
    assert.equal(mergeTexts(one, text('A', 'b', 'c', 'd', 'e'), text('a', 'b', 'c', 'D', 'e', 'f')), text('A', 'b', 'c', 'D', 'e', 'f'));
    assert.equal(mergeTexts(one, text('a', 'b', 'c', 'E'), text('0', 'a', 'b', 'c', 'd', 'e')), text('0', 'a', 'b', 'c', 'E'));
    assert.equal(mergeTexts(two, text('', 'b', '', 'c'), text('a', '', 'b', '', 'c', '')), text('', 'b', '', 'c', ''));
    assert.equal(mergeTexts('', '', 'x'), 'x');
  });

  it('keeps edits that lie between each other', () => {
    assert.equal(mergeTexts(one, text('A', 'b', 'c', 'd', 'E'), text('a', 'b', 'C', 'd', 'e')), text('A', 'b', 'C', 'd', 'E'));
    assert.equal(mergeTexts(one, text('A', 'b', 'c', 'd', 'E'), text('A', 'b', 'c', 'e')), null);
    assert.equal(mergeTexts(one, text('A', 'b', 'c', 'd'), text('A', 'b', 'C', 'd')), text('A', 'b', 'C', 'd'));
  });

  it('is told a conflict by edits of one place and of lines next to each other, and none by the same edit', () => {
    assert.equal(mergeTexts(one, text('a', 'X', 'c', 'd', 'e'), text('a', 'Y', 'c', 'd', 'e')), null);
    assert.equal(mergeTexts(one, text('a', 'X', 'c', 'd', 'e'), text('a', 'b', 'Y', 'd', 'e')), null);
    assert.equal(mergeTexts(one, text('a', 'X', 'e'), text('a', 'X', 'e')), text('a', 'X', 'e'));
  });

  it('merges edits of a long text that is mostly empty lines, and gives up before comparing them takes long', () => {
    const empty = Array<string>(100_000).fill('');
    assert.equal(mergeTexts(text(...empty), text('mine', ...empty), text(...empty, 'theirs')), text('mine', ...empty, 'theirs'));
    assert.equal(mergeTexts(text(...empty), text('mine', ...empty, 'mine'), text(...empty.slice(1), 'theirs', '')), null);
  });
});
