import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parserCommand } from '../../src/main/document-parser.js';
import type { Page } from '../../src/providers/outbound/fetch-page.js';
import { createPageReader } from '../../src/providers/parsers/page-reader.js';

describe('createPageReader', function () {
  this.timeout(60_000);
  const live = new AbortController().signal;
  let temporaryFolder: string;

  before(async () => {
    temporaryFolder = await mkdtemp(join(tmpdir(), 'pages-'));
  });
  after(() => rm(temporaryFolder, { recursive: true }));

  const read = (body: string | Buffer, more: Partial<Page> = {}, stallMs = 20_000, signal = live): Promise<string> =>
    createPageReader({ temporaryFolder, process: { command: parserCommand(), memoryBytes: 400 * 1024 * 1024, stallMs } })(
      { url: 'https://birds.example/wading/heron', contentType: 'text/html', charset: null, body: Buffer.from(body), ...more },
      signal,
    );

  it('reads HTML with the address and the charset that it came with, and anything else as it is', async () => {
    const html = Buffer.from('<p>Gr\u00fcn, and <a href="../egret">egrets</a></p>', 'latin1');
    assert.equal(await read(html, { charset: 'windows-1252' }), 'Gr\u00fcn, and [egrets](https://birds.example/egret)');
    assert.equal(await read('<b>as it is</b>', { contentType: 'text/plain' }), '<b>as it is</b>');
    assert.deepEqual(await readdir(temporaryFolder), [], 'nothing is left of it');
  });

  it('gives up a page that keeps its parser busy, while this process goes on', async () => {
    let beats = 0;
    const timer = setInterval(() => (beats += 1), 20);
    await assert.rejects(read('<p><b><i>x, y'.repeat(20_000), {}, 2000), {
      name: 'PageError',
      message: /no further within 2 seconds|more than 400 MB|made its parser fail/,
    });
    clearInterval(timer);
    assert.ok(beats > 5, `${beats}`);
  });

  it('ends with whoever waits for it', async () => {
    const gone = new AbortController();
    const reading = read('<div>'.repeat(20_000), {}, 20_000, gone.signal);
    setTimeout(() => gone.abort(new Error('nobody waits')), 200);
    await assert.rejects(reading, /nobody waits/);
  });
});
