import assert from 'node:assert/strict';
import { createContentCutter } from '../../../src/domain/files/cut-content.js';
import type { ContentPart } from '../../../src/domain/files/cut-content.js';
import { viewLines } from '../../../src/domain/files/line-view.js';
import type { ViewStyle } from '../../../src/domain/files/line-view.js';

function cut(text: string, style: ViewStyle, pieceLength: number): ContentPart[] {
  const cutter = createContentCutter(style);
  const parts: ContentPart[] = [];
  for (let at = 0; at < text.length; at += pieceLength) parts.push(...cutter.push(text.slice(at, at + pieceLength)));
  return [...parts, ...cutter.end()];
}

const lines = Array.from({ length: 20_000 }, (_, n) => (n % 7 === 0 ? '' : `  line ${n} of a long text\t`)).join('\n');
const sentences = Array.from({ length: 9000 }, (_, n) => `Sentence ${n} has some words,\nand an end. `).join('');

describe('createContentCutter', () => {
  for (const [style, text] of [
    ['lines', lines],
    ['code', lines],
    ['sentences', sentences],
  ] as const) {
    it(`cuts ${style} so that the parts are the whole, and their lines are its lines`, () => {
      for (const pieceLength of [1000, 70_000, text.length]) {
        const parts = cut(text, style, pieceLength);
        assert.equal(parts.map(part => part.text).join(''), text);
        assert.ok(parts.length > 3 && parts.every(part => part.text.length <= 70_000), String(parts.map(part => part.text.length)));
        const whole = viewLines(text, style);
        assert.deepEqual(
          parts.flatMap(part => viewLines(part.text, style)),
          whole,
        );
        let before = 0;
        for (const [index, { part, firstLine, lineCount }] of parts.entries()) {
          assert.deepEqual([part, firstLine], [index, before]);
          before += lineCount;
        }
        assert.equal(before, whole.length);
      }
    });
  }

  it('cuts a line without an end where it must, between whole characters', () => {
    const parts = cut('😀'.repeat(400_000), 'lines', 50_001);
    assert.ok(parts.every(part => part.text.length <= 4 * 64 * 1024));
    assert.equal(parts.map(part => part.text).join(''), '😀'.repeat(400_000));
  });

  it('gives no part of an empty text, and takes out what no database holds', () => {
    assert.deepEqual(cut('', 'lines', 10), []);
    assert.equal(cut('a\u0000b', 'lines', 10)[0]?.text, 'ab');
  });
});

describe('viewLines', () => {
  it('keeps the indentation of code alone, and drops empty lines everywhere', () => {
    const text = 'def f():\n    return 1  \n\n\t\nend\r\n';
    assert.deepEqual(viewLines(text, 'code'), ['def f():', '    return 1', 'end']);
    assert.deepEqual(viewLines(text, 'lines'), ['def f():', 'return 1', 'end']);
  });

  it('goes by sentences where a capital follows their end, with single spaces', () => {
    assert.deepEqual(viewLines('# Title\nOne is  here. Two\nis. three? Four!', 'sentences'), [
      '# Title One is here.',
      'Two is. three?',
      'Four!',
    ]);
  });
});
