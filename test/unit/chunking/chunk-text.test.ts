import assert from 'node:assert/strict';
import { chunkText } from '../../../src/domain/chunking/chunk-text.js';
import type { Chunk } from '../../../src/domain/chunking/chunk-text.js';
import { chunkers } from '../../../src/domain/chunking/chunkers.js';
import type { TextKind } from '../../../src/domain/files/document-kind.js';

/** A word, or a sign that is none, is a token here. */
const countTokens = (text: string): number => text.match(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu)?.length ?? 0;
const cut = (kind: TextKind, text: string, maxTokens: number, overlapTokens = 0): Chunk[] =>
  chunkText(text, chunkers[kind], { maxTokens, overlapTokens, countTokens });
const textsOf = (chunks: readonly Chunk[]): string[] => chunks.map(chunk => chunk.text);

describe('chunkText', () => {
  it('leaves a text whole that fits, and makes nothing of white space', () => {
    assert.deepEqual(textsOf(cut('text', '  One. Two.\n', 10)), ['One. Two.']);
    assert.deepEqual(cut('text', ' \n\n \t', 10), []);
    assert.deepEqual(cut('markdown', '', 10), []);
  });

  it('keeps paragraphs together that fit, and cuts a long one between its sentences', () => {
    const text =
      'A short one.\n\nAnother one.\n\nThe first sentence of a long paragraph. The second sentence of it, which is longer. A third.';
    assert.deepEqual(textsOf(cut('text', text, 11)), [
      'A short one.\n\nAnother one.',
      'The first sentence of a long paragraph.',
      'The second sentence of it, which is longer.',
      'A third.',
    ]);
  });

  it('does not take the stops within a sentence for its end', () => {
    assert.deepEqual(textsOf(cut('text', 'It costs 3.50 euros, e.g. in shops. “Really?” Yes. 是的。好吧。', 14)), [
      'It costs 3.50 euros, e.g. in shops.',
      '“Really?” Yes. 是的。好吧。',
    ]);
  });

  it('begins a chunk with whole sentences of the one before, as many as are allowed, or with words', () => {
    const sentences = Array.from({ length: 12 }, (_, index) => `Sentence number ${index} is here.`).join(' ');
    assert.deepEqual(
      textsOf(cut('text', sentences, 36, 14)).map(text => text.match(/\d+/g)?.map(Number)),
      [
        [0, 1, 2],
        [1, 2, 3, 4, 5],
        [4, 5, 6, 7, 8],
        [7, 8, 9, 10, 11],
      ],
    );
    const words = Array.from({ length: 24 }, (_, index) => `w${index}`).join(' ');
    assert.deepEqual(textsOf(cut('text', words, 10, 2)).slice(1, 3), [
      'w6 w7 w8 w9 w10 w11 w12 w13 w14 w15',
      'w14 w15 w16 w17 w18 w19 w20 w21 w22 w23',
    ]);
    assert.deepEqual(textsOf(cut('lines', words.replaceAll(' ', '\n'), 12, 2)).length, 2, 'lines repeat nothing');
  });

  it('knows where in the text each chunk stands', () => {
    const text = `# Title\n\n${'Some words of a line. '.repeat(60)}\n\n\tindented\n${'x'.repeat(900)} 😀😀😀`;
    for (const kind of Object.keys(chunkers) as TextKind[]) {
      const chunks = cut(kind, text, 20, 5);
      assert.ok(chunks.length > 1);
      for (const chunk of chunks) assert.equal(text.slice(chunk.start, chunk.end), chunk.text, kind);
    }
  });

  it('cuts Markdown before headings, sections before their own sections, and no code in fences', () => {
    const fence = '```sh\n# no heading\n\nmake all\n```';
    const text = `# One\n\nText of one.\n\n## One a\n\nMore.\n\n## One b\n\n${fence}\n\n# Two\n\nText.`;
    assert.deepEqual(textsOf(cut('markdown', text, 20)), [
      '# One\n\nText of one.\n\n## One a\n\nMore.',
      `## One b\n\n${fence}`,
      '# Two\n\nText.',
    ]);
  });

  it('cuts code before declarations, and a long one before what is within it, with its indentation', () => {
    const method = (name: string): string => `    def ${name}(self):\n        return self.value\n`;
    const text = `import os\n\n# A comment of it\n@decorated\nclass Long:\n${method('one')}\n${method('two')}\n\ndef short():\n    pass\n`;
    assert.deepEqual(textsOf(cut('code', text, 14)), [
      'import os',
      '# A comment of it\n@decorated\nclass Long:',
      method('one').trimEnd(),
      method('two').trimEnd(),
      'def short():\n    pass',
    ]);
  });

  it('cuts JSON between elements, whole objects first', () => {
    const text = '{"a": {"x": 1, "y": [1, 2]}, "b": {"x": "1, {2"}, "c": 3}';
    assert.deepEqual(textsOf(cut('json', text, 24)), ['{"a": {"x": 1, "y": [1, 2]},', ' "b": {"x": "1, {2"}, "c": 3}']);
  });

  it('cuts CSV between records, not within a field of several lines', () => {
    assert.deepEqual(textsOf(cut('csv', 'id,note\n1,"two\nlines"\n2,plain\n', 7)), ['id,note', '1,"two\nlines"', '2,plain']);
  });

  it('never makes a chunk that is too long, and loses nothing, whatever stands in the text', () => {
    const odd = [
      'word '.repeat(5000),
      'x'.repeat(20_000),
      '😀🎉'.repeat(3000),
      '这是一个测试。'.repeat(2000),
      '[1,'.repeat(8000),
      '{"a":'.repeat(8000),
      '"a,b\n'.repeat(5001),
      '# a\n'.repeat(5000),
      '```\n'.repeat(5001),
      '!'.repeat(20_000),
      '\ud800'.repeat(500),
      Array.from({ length: 200 }, (_, depth) => `${' '.repeat(depth)}x(`).join('\n'),
    ];
    for (const text of odd) {
      for (const kind of Object.keys(chunkers) as TextKind[]) {
        const chunks = cut(kind, text, 16);
        for (const chunk of chunks) assert.ok(countTokens(chunk.text) <= 16, `${kind}: ${chunk.text.slice(0, 80)}`);
        const whole = chunks.map(chunk => chunk.text).join('');
        assert.equal(whole.replace(/\s/g, ''), text.replace(/\s/g, ''), `${kind}: ${text.slice(0, 20)}`);
      }
    }
  });
});
