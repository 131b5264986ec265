import assert from 'node:assert/strict';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { createWebExecutors } from '../../src/activities/tools/web-executors.js';
import type { ToolResult } from '../../src/domain/tools/tool-result.js';
import { fetchPage } from '../../src/providers/outbound/fetch-page.js';
import type { Page, PageLimits } from '../../src/providers/outbound/fetch-page.js';
import { pageToMarkdown } from '../../src/providers/web/page-to-markdown.js';
import type { ToolCallContext } from '../../src/repositories/tool-calls.repository.js';
import { startWebServer } from '../support/web-server.js';
import type { WebAnswer, WebServer } from '../support/web-server.js';

const limits: PageLimits = {
  timeoutMs: 5000,
  maxBytes: 1000,
  maxRedirects: 2,
  contentTypes: ['text/html', 'text/plain'],
  allowPrivate: true,
};
const text = { 'content-type': 'text/plain' };
const never = new AbortController().signal;

describe('fetchPage', () => {
  let web: WebServer;

  before(async () => {
    web = await startWebServer();
  });
  after(() => web.close());

  const fetched = async (answer: WebAnswer | null, changed: Partial<PageLimits> = {}): Promise<Page> => {
    web.answer = () => answer;
    return fetchPage(`${web.url}/page`, { ...limits, ...changed }, never);
  };
  const refused = (answer: WebAnswer | null, message: RegExp, changed: Partial<PageLimits> = {}): Promise<void> =>
    assert.rejects(fetched(answer, changed), { name: 'PageError', message });

  it('reads a page, compressed or not', async () => {
    for (const [encoding, body] of [
      ['identity', 'wade'],
      ['gzip', gzipSync('wade')],
      ['br', brotliCompressSync('wade')],
    ] as const) {
      const page = await fetched({ headers: { ...text, 'content-encoding': encoding }, body });
      assert.deepEqual([page.body.toString(), page.contentType, page.url], ['wade', 'text/plain', `${web.url}/page`], encoding);
    }
  });

  it('calls no private address unless that is allowed, by number or by name', async () => {
    const { port } = new URL(web.url);
    const asked = web.seen.length;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1', '169.254.169.254', '0.0.0.0', '2130706433']) {
      const call = fetchPage(`http://${host}:${port}/`, { ...limits, allowPrivate: false }, never);
      await assert.rejects(call, { name: 'PageError', message: /not allowed/ }, host);
    }
    assert.equal(web.seen.length, asked);
  });

  it('checks where a redirect leads like the first address', async () => {
    web.answer = ({ path }) => (path === '/' ? { status: 302, headers: { location: '/inner' } } : { headers: text, body: 'secret' });
    const asked = web.seen.length;
    // The first address stands for a public one.
    let hops = 0;
    const outside: PageLimits = {
      ...limits,
      get allowPrivate() {
        return (hops += 1) === 1;
      },
    };
    await assert.rejects(fetchPage(web.url, outside, never), { name: 'PageError', message: /not allowed/ });
    assert.deepEqual(
      web.seen.slice(asked).map(({ path }) => path),
      ['/'],
    );
  });

  it('follows redirects up to their limit, and nowhere but on the web', async () => {
    web.answer = ({ path }) =>
      path === '/end' ? { headers: text, body: 'here' } : { status: 302, headers: { location: path === '/a' ? '/b' : '/end' } };
    const page = await fetchPage(`${web.url}/a`, limits, never);
    assert.deepEqual([page.url, page.body.toString()], [`${web.url}/end`, 'here']);
    await assert.rejects(fetchPage(`${web.url}/a`, { ...limits, maxRedirects: 1 }, never), { message: /redirects more than 1 times/ });
    await refused({ status: 301, headers: { location: 'file:///etc/passwd' } }, /only http and https/);
  });

  it('refuses what is too large, also when it is so only after decompression', async () => {
    await refused({ headers: text, body: 'x'.repeat(1001) }, /larger than 1000 bytes/);
    await refused({ headers: { ...text, 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(1_000_000)) }, /larger than 1000 bytes/);
  });

  it('refuses other content types, failures, broken bodies, silence, and what is no web address', async () => {
    await refused({ headers: { 'content-type': 'application/pdf' }, body: '%PDF' }, /content type is 'application\/pdf'/);
    await refused({ status: 404, headers: text, body: 'no' }, /status 404/);
    await refused({ headers: { ...text, 'content-encoding': 'gzip' }, body: 'no gzip' }, /header/);
    await refused(null, /within 50 ms/, { timeoutMs: 50 });
    for (const url of ['heron', 'ftp://example.com/', 'file:///etc/passwd', 'data:text/plain,x']) {
      await assert.rejects(fetchPage(url, limits, never), { name: 'PageError' }, url);
    }
  });

  it('ends when it is aborted', async () => {
    web.answer = () => null;
    const asked = web.seen.length;
    const abort = new AbortController();
    const call = assert.rejects(fetchPage(web.url, limits, abort.signal), { name: 'AbortError' });
    while (web.seen.length === asked) await new Promise(resolve => setTimeout(resolve, 5));
    abort.abort();
    await call;
    await web.seen.at(-1)?.closed;
  });
});

describe('pageToMarkdown', () => {
  const markdown = (body: string | Buffer, more: Partial<Page> = {}): Promise<string> =>
    pageToMarkdown({
      url: 'https://birds.example/wading/heron',
      contentType: 'text/html',
      charset: null,
      body: Buffer.from(body),
      ...more,
    });

  it('keeps the article, and leaves out what stands around it', async () => {
    const words = 'The heron stands in shallow water, waits without a move, and strikes when a fish comes near. '.repeat(5);
    const html = `<html><head><title>Herons</title><style>p{}</style></head><body><nav><a href="/">Home</a></nav>
      <article><p>${words}</p><p>${words}<a href="../egret">Egrets</a> too.</p></article><footer>Cookies</footer><script>alert(1)</script></body></html>`;
    const result = await markdown(html);
    assert.match(result, /^# Herons\n\nThe heron stands/);
    assert.match(result, /\[Egrets\]\(https:\/\/birds\.example\/egret\) too\./);
    assert.doesNotMatch(result, /Home|Cookies|alert|p\{\}/);
  });

  it('reads what is no article, no whole document, or no HTML at all', async () => {
    assert.equal(await markdown('<p>Just <b>short</b></p><script>alert(1)</script>'), 'Just **short**');
    assert.equal(await markdown(''), '');
    assert.equal(await markdown('<b>as it is</b>', { contentType: 'text/plain' }), '<b>as it is</b>');
  });

  it('reads other charsets, by the header or by what the page says', async () => {
    const latin = Buffer.from('<meta charset="iso-8859-1"><p>Gr\u00fcn</p>', 'latin1');
    assert.equal(await markdown(latin), 'Gr\u00fcn');
    assert.equal(await markdown(Buffer.from('<p>Gr\u00fcn</p>', 'latin1'), { charset: 'windows-1252' }), 'Gr\u00fcn');
    assert.equal(await markdown('<p>Gr\u00fcn</p>', { charset: 'no-such-thing' }), 'Gr\u00fcn');
  });
});

describe('web_search', () => {
  let exa: WebServer;

  before(async () => {
    exa = await startWebServer();
  });
  after(() => exa.close());

  const search = async (args: object): Promise<ToolResult> => {
    const executor = createWebExecutors({
      exaApiKey: 'exa-key',
      secretsOf: () => Promise.resolve({}),
      exaBaseUrl: exa.url,
      page: limits,
      readPage: pageToMarkdown,
    })['web_search'];
    assert.ok(executor !== undefined);
    return executor({} as ToolCallContext, { ...args }, never);
  };

  const valueOf = async (args: object): Promise<string> => {
    const { value } = await search(args);
    return typeof value === 'string' ? value : assert.fail('no text');
  };

  it("asks Exa, and returns V1's JSON", async () => {
    const found = {
      title: 'Herons',
      url: 'https://birds.example',
      publishedDate: '2025-03-01',
      author: null,
      highlights: ['They wade.'],
      summary: 'Waders.',
    };
    exa.answer = () => ({
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ requestId: 'r', results: [{ ...found, text: 'Long.' }] }),
    });
    const result = await valueOf({
      query: 'herons',
      num_results: 500,
      category: 'news',
      include_domains: ['birds.example'],
      user_location: 'NO',
    });
    const { path, headers, body } = exa.seen.at(-1) ?? {};
    assert.deepEqual([path, headers?.['x-api-key']], ['/search', 'exa-key']);
    assert.deepEqual(JSON.parse(body ?? ''), {
      query: 'herons',
      type: 'auto',
      numResults: 100,
      category: 'news',
      includeDomains: ['birds.example'],
      userLocation: 'NO',
      contents: { text: false, highlights: true, summary: true },
    });
    const { publishedDate, ...rest } = found;
    const shown = { query: 'herons', results: [{ ...rest, published_date: publishedDate }] };
    assert.deepEqual(JSON.parse(result), shown);
    assert.match(await valueOf({ query: 'herons', include_text: true }), /"text": "Long\."/);
  });

  it('tells the model of an empty query and of a search that failed, without the key', async () => {
    assert.deepEqual(JSON.parse(await valueOf({ query: ' ' })), { query: ' ', error: 'The query is empty' });
    exa.answer = () => ({ status: 401, body: 'exa-key is no key' });
    assert.deepEqual(JSON.parse(await valueOf({ query: 'herons' })), {
      query: 'herons',
      error: 'Search failed: Exa answered with status 401: [key] is no key',
    });
    exa.answer = () => ({ body: '{"results": 1}' });
    assert.match(await valueOf({ query: 'herons' }), /Search failed: Exa answered without results/);
    assert.deepEqual(await search({}), { status: 'error', value: 'Missing required argument: query' });
  });
});

describe('fetch_webpage', () => {
  let exa: WebServer;
  let web: WebServer;

  before(async () => {
    [exa, web] = await Promise.all([startWebServer(), startWebServer()]);
  });
  after(() => Promise.all([exa.close(), web.close()]));

  const read = async (exaApiKey: string | null, url: string, secrets = {}): Promise<ToolResult> => {
    const secretsOf = () => Promise.resolve(secrets);
    const executor = createWebExecutors({ exaApiKey, secretsOf, exaBaseUrl: exa.url, page: limits, readPage: pageToMarkdown })[
      'fetch_webpage'
    ];
    assert.ok(executor !== undefined);
    web.answer = () => ({ headers: text, body: 'as it is' });
    return executor({} as ToolCallContext, { url }, never);
  };
  const known = { url: 'https://birds.example', title: 'Herons', publishedDate: '2025-03-01', text: 'They wade.' };
  const answers = (results: readonly object[], status = 200): void => {
    exa.answer = () => ({ status, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ results }) });
  };

  it("asks Exa for the page where there is a key, and returns V1's JSON", async () => {
    answers([known]);
    const { value } = await read('exa-key', known.url);
    assert.deepEqual(JSON.parse(value as string), { title: 'Herons', published_date: '2025-03-01', author: null, text: 'They wade.' });
    const { path, headers, body } = exa.seen.at(-1) ?? assert.fail();
    assert.deepEqual([path, headers['x-api-key'], JSON.parse(body)], ['/contents', 'exa-key', { urls: [known.url], text: true }]);
  });

  it("takes the agent's own key before the server's", async () => {
    answers([known]);
    await read('exa-key', known.url, { EXA_API_KEY: 'own-key' });
    assert.equal(exa.seen.at(-1)?.headers['x-api-key'], 'own-key');
    await read(null, known.url, { EXA_API_KEY: 'own-key' });
    assert.equal(exa.seen.at(-1)?.headers['x-api-key'], 'own-key');
  });

  it('fetches the page itself without a key, and where Exa does not know it or fails', async () => {
    const before = exa.seen.length;
    assert.equal((await read(null, web.url)).value, 'as it is');
    assert.equal(exa.seen.length, before);
    answers([]);
    assert.equal((await read('exa-key', web.url)).value, 'as it is');
    answers([], 500);
    assert.equal((await read('exa-key', web.url)).value, 'as it is');
    assert.equal((await read('exa-key', 'file:///etc/passwd')).status, 'error');
    assert.equal(exa.seen.length, before + 2, 'what is no web page is nobody told');
  });
});
