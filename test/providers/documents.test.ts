import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ParserKilled, UnreadableDocument } from '../../src/domain/files/document-parser.js';
import { parserCommand } from '../../src/main/document-parser.js';
import { createDocumentParser } from '../../src/providers/parsers/create-document-parser.js';
import type { DocumentParserOptions } from '../../src/providers/parsers/create-document-parser.js';
import { makeDocx, makePdf, makeZip } from '../support/make-documents.js';

const live = new AbortController().signal;
const megabyte = 1024 * 1024;

describe('createDocumentParser', () => {
  let temporaryFolder: string;
  before(async () => {
    temporaryFolder = await mkdtemp(join(tmpdir(), 'perdura-parser-'));
  });
  after(() => rm(temporaryFolder, { recursive: true, force: true }));
  afterEach(async () => {
    assert.deepEqual(await readdir(temporaryFolder), [], 'nothing is left of any document');
  });

  const parse = async (
    fileName: string,
    content: Iterable<Buffer> | Buffer | string,
    signal = live,
    more: Partial<DocumentParserOptions> = {},
  ): Promise<{ readonly kind: string; readonly text: string }> => {
    const process = { command: parserCommand(), memoryBytes: 400 * megabyte, stallMs: 20_000 };
    const parser = createDocumentParser({ temporaryFolder, process, pictureMaxBytes: megabyte, images: null, pdfs: null, ...more });
    const pieces = typeof content === 'string' ? [Buffer.from(content)] : Buffer.isBuffer(content) ? [content] : content;
    const { kind, text } = await parser.parse({ fileName, fileType: null, sizeBytes: 0, bytes: streamOf(pieces) }, signal);
    let whole = '';
    for await (const piece of text) whole += piece;
    return { kind, text: whole };
  };
  const refuses = (fileName: string, content: Iterable<Buffer> | Buffer | string, reason: RegExp, more?: Partial<DocumentParserOptions>) =>
    assert.rejects(parse(fileName, content, live, more), (error: Error) => {
      assert.ok(error instanceof UnreadableDocument, error.stack);
      assert.match(error.message, reason);
      assert.doesNotMatch(error.message, /\/(src|work|home|tmp)\//, 'no path of this machine');
      return true;
    });

  describe('of texts', () => {
    it('reads all usual encodings, with a mark and without', async () => {
      const text = 'Grüße aus Köln, über alle Maßen schön. Überall hängen Würste, höchste Güte für fünf Gäste.';
      const wide = Buffer.from(text, 'utf16le');
      assert.equal((await parse('a.txt', text)).text, text);
      assert.equal((await parse('a.txt', `\ufeff${text}`)).text, text);
      assert.equal((await parse('a.txt', wide)).text, text);
      assert.equal((await parse('a.txt', Buffer.concat([Buffer.from([0xff, 0xfe]), wide]))).text, text);
      assert.equal((await parse('a.txt', Buffer.concat([Buffer.from([0xfe, 0xff]), Buffer.from(wide).swap16()]))).text, text);
      assert.equal((await parse('a.txt', Buffer.from(text, 'latin1'))).text, text);
    });

    it('reads a character that two pieces divide, and an empty file', async () => {
      const bytes = Buffer.from('x'.repeat(64 * 1024 - 1) + 'ü');
      const { text } = await parse('a.md', [bytes.subarray(0, 64 * 1024), bytes.subarray(64 * 1024)]);
      assert.ok(text.endsWith('xü'));
      assert.deepEqual(await parse('a.py', []), { kind: 'code', text: '' });
    });

    it('refuses what is no text', async () => {
      const noise = Buffer.from(Array.from({ length: 4096 }, (_, index) => (index * 7919) % 256));
      await refuses('a.txt', noise, /binary data/);
      await refuses('a.txt', Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'), /a program/);
    });
  });

  describe('of PDFs', () => {
    it('reads the text page by page, whatever the file is called', async () => {
      const { kind, text } = await parse('scan.txt', makePdf({ pages: ['First page\nSecond line', 'Page (two)'] }));
      assert.equal(kind, 'text');
      assert.equal(text.replaceAll(/\s+/g, ' ').trim(), 'First page Second line Page (two)');
    });

    it('says why a broken, an encrypted, an empty or an invented one cannot be read', async () => {
      const whole = Buffer.concat([...makePdf({ pages: ['Hello'] })]);
      await refuses('a.pdf', whole.subarray(0, 60), /The PDF is damaged/);
      await refuses('a.pdf', makePdf({ pages: ['Hello'], isEncrypted: true }), /encrypted with a password/);
      await refuses('a.pdf', makePdf({ pages: ['', ''] }), /No text extracted from PDF/);
      await refuses('a.pdf', 'These are words.', /called a PDF, but its content is not/);
    });

    it('reads one of many large pages in little memory', async () => {
      const pages = Array.from({ length: 30 }, (_, index) => `Page ${index}`);
      const process = { command: parserCommand(), memoryBytes: 200 * megabyte, stallMs: 20_000 };
      const { text } = await parse('large.pdf', makePdf({ pages, pictureBytes: 3 * megabyte }), live, { process });
      assert.equal(text.match(/Page \d+/g)?.length, 30);
    });
  });

  describe('of Word documents', () => {
    it('makes Markdown of one', async () => {
      assert.deepEqual(await parse('a.docx', makeDocx(['# Title', 'Some words.', 'More.'])), {
        kind: 'markdown',
        text: '# Title\n\nSome words.\n\nMore.',
      });
    });

    it('refuses zip bombs, whether they tell their size or not, and other archives', async () => {
      const bomb = makeZip([{ name: 'word/document.xml', content: Buffer.alloc(80 * megabyte, ' ') }]);
      assert.ok(bomb.length < megabyte);
      await refuses('a.docx', bomb, /unpacks to more than 64 MB/);
      await refuses('a.docx', makeDocx(['x'.repeat(5 * megabyte)], 100), /damaged/);
      await refuses('a.docx', makeZip([{ name: 'notes.txt', content: Buffer.from('hi') }]), /without a Word document/);
      await refuses('a.docx', Buffer.from('PK\x03\x04 and nothing more', 'latin1'), /no Word document, or is damaged/);
    });
  });

  describe('of web pages', () => {
    it('makes Markdown of one', async () => {
      const { kind, text } = await parse(
        'a.html',
        '<html><head><title>News</title></head><body><h2>Today</h2><p>It <b>rains</b>.</p></body></html>',
      );
      assert.equal(kind, 'markdown');
      assert.match(text, /## Today\s+It \*\*rains\*\*\./);
    });
  });

  describe('of pictures', () => {
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(100)]);

    it('names the settings without which it cannot read them', () => refuses('a.png', png, /PERDURA_VISION_MODEL.*LETTA_MISTRAL_API_KEY/));

    it('has the set model read them, and none that is too large', async () => {
      const images = { read: (bytes: Buffer, mediaType: string) => Promise.resolve(`${mediaType} of ${bytes.length}`) };
      assert.deepEqual(await parse('photo.jpg', png, live, { images }), { kind: 'markdown', text: 'image/png of 108' });
      await refuses('a.png', png, /larger than 50 bytes/, { images, pictureMaxBytes: 50 });
    });
  });

  describe('of what is made to do harm', () => {
    const script = (code: string): readonly string[] => ['--eval', code];
    const pdf = Buffer.concat([...makePdf({ pages: ['Hello'] })]);
    const with_ = (code: string, more: Partial<DocumentParserOptions['process']> = {}): Partial<DocumentParserOptions> => ({
      process: { command: script(code), memoryBytes: 300 * megabyte, stallMs: 20_000, ...more },
    });

    it('ends a parser that takes too much memory, within the heap or outside of it', async () => {
      await refuses('a.pdf', pdf, /more than 300 MB of memory/, with_('const kept = []; for (;;) kept.push(Buffer.alloc(10e6, 1))'));
      await refuses(
        'a.pdf',
        pdf,
        /more than 60 MB of memory/,
        with_('const kept = []; for (;;) kept.push(new Array(1e5).fill({}))', { memoryBytes: 60 * megabyte }),
      );
    });

    it('ends a parser that stands still', () =>
      refuses('a.pdf', pdf, /no further within 0.5 seconds/, with_('for (;;);', { stallMs: 500 })));

    it('tells of a parser that fails, with no path', () =>
      refuses('a.pdf', pdf, /made its parser fail: TypeError: oops/, with_('throw new TypeError("oops")')));

    it('does not take a stop of the service for a fault of the document', async () => {
      for (const signal of ['SIGTERM', 'SIGINT', 'SIGKILL']) {
        const killed = parse('a.pdf', pdf, live, with_(`process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000);`));
        await assert.rejects(killed, (error: Error) => error instanceof ParserKilled && error.signal === signal);
      }
    });

    it('starts the parser in a group of its own, where a Ctrl-C does not reach it', async () => {
      const code = `const { readFileSync } = require('node:fs');
        const group = readFileSync('/proc/self/stat', 'utf8').split(') ')[1].split(' ')[2];
        console.log(JSON.stringify({ text: String(Number(group) === process.pid) }));
        console.log(JSON.stringify({ done: true }));`;
      assert.equal((await parse('a.pdf', pdf, live, with_(code))).text, 'true');
    });

    it('lets the parser see nothing of the environment', async () => {
      const code = 'console.log(JSON.stringify({ text: JSON.stringify(process.env) }) + "\\n" + JSON.stringify({ done: true }))';
      assert.deepEqual(JSON.parse((await parse('a.pdf', pdf, live, with_(code))).text), {});
    });

    it('ends the parser when the reading is called off', async () => {
      const calledOff = new AbortController();
      const code = 'console.log(JSON.stringify({ text: String(process.pid) })); setInterval(() => {}, 1000)';
      const process_ = { command: script(code), memoryBytes: 300 * megabyte, stallMs: 20_000 };
      const parser = createDocumentParser({ temporaryFolder, process: process_, pictureMaxBytes: 0, images: null, pdfs: null });
      const { text } = await parser.parse({ fileName: 'a.pdf', fileType: null, sizeBytes: 0, bytes: streamOf([pdf]) }, calledOff.signal);
      let pid = 0;
      await assert.rejects(
        async () => {
          for await (const piece of text) {
            pid = Number(piece);
            calledOff.abort(new Error('Not wanted any more'));
          }
        },
        { message: 'Not wanted any more' },
      );
      assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    });
  });
});

async function* streamOf(pieces: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* pieces;
}
