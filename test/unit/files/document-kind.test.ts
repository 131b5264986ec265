import assert from 'node:assert/strict';
import { recognizeDocument } from '../../../src/domain/files/document-kind.js';

const recognize = (fileName: string, head: string | Buffer, fileType: string | null = null) =>
  recognizeDocument({ fileName, fileType }, Buffer.from(head as string, 'latin1'));

describe('recognizeDocument', () => {
  it('goes by the name where the content is text', () => {
    const names = {
      'a.md': 'markdown',
      'a.py': 'code',
      Dockerfile: 'code',
      'a.jsonl': 'lines',
      'a.csv': 'csv',
      'A.HTML': 'html',
      'a.b': 'text',
    };
    for (const [name, kind] of Object.entries(names)) assert.deepEqual(recognize(name, 'plain words'), { kind }, name);
    assert.deepEqual(recognize('constructor', 'plain words', 'text/markdown; charset=utf-8'), { kind: 'markdown' });
  });

  it('goes by the content where that tells what it is', () => {
    assert.deepEqual(recognize('notes.txt', 'something before\n%PDF-1.7\n'), { kind: 'pdf' });
    assert.deepEqual(recognize('a.pdf', 'PK\x03\x04'), { kind: 'docx' });
    assert.deepEqual(recognize('a.pdf', '\x89PNG\r\n'), { kind: 'image' });
    assert.deepEqual(recognize('MZ.txt', 'MZ is how this text begins'), { kind: 'text' });
  });

  it('says why it reads no file that is something else than its name tells', () => {
    for (const [name, head] of [
      ['a.txt', '\x7fELF'],
      ['a.txt', 'MZ\x90\x00\x03\x00'],
      ['a.docx', '\xd0\xcf\x11\xe0'],
      ['a.pdf', 'just words'],
      ['a.png', '<svg>'],
    ] as const) {
      const found = recognize(name, head);
      assert.ok('unreadable' in found && found.unreadable.length > 30, name);
    }
  });

  it('takes an empty file for an empty text', () => {
    assert.deepEqual(recognize('a.pdf', ''), { kind: 'text' });
    assert.deepEqual(recognize('a.py', ''), { kind: 'code' });
  });
});
