import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { RestAuth, RestPagination } from '../../src/domain/rest/rest-definition.js';
import { restCaller } from '../support/rest-world.js';
import type { RestCall } from '../support/rest-world.js';
import { startWebServer } from '../support/web-server.js';
import type { WebAnswer, WebServer } from '../support/web-server.js';

const json = { 'content-type': 'application/json' };

describe('what a REST tool makes of a response', () => {
  let web: WebServer;
  const call = restCaller();

  before(async () => {
    web = await startWebServer();
  });
  after(() => web.close());

  const called = async (answer: WebAnswer | null, { request, ...rest }: Partial<RestCall> = {}) => {
    web.answer = () => answer;
    const { status, value } = await call({ request: { url: `${web.url}/x`, ...request }, ...rest });
    return { status, value };
  };

  it('is readable JSON, or the text as it came', async () => {
    assert.deepEqual(await called({ headers: json, body: '{"a":[1,2]}' }), {
      status: 'success',
      value: '{\n  "a": [\n    1,\n    2\n  ]\n}',
    });
    assert.equal(
      (await called({ headers: { 'content-type': 'text/csv; charset=iso-8859-1' }, body: Buffer.from('a;é', 'latin1') })).value,
      'a;é',
    );
    assert.equal((await called({ headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('[1]') })).value, '[\n  1\n]');
    const asText = { request: { response: { format: 'text', select: null } } } as const;
    assert.equal((await called({ headers: json, body: '{"a":1}' }, asText)).value, '{"a":1}');
    const asJson = { request: { response: { format: 'json', select: 'a' } } } as const;
    assert.equal((await called({ headers: { 'content-type': 'text/plain' }, body: '{"a":"b"}' }, asJson)).value, '"b"');
    assert.equal((await called({ headers: json, body: '{"a":' })).value, '{"a":');
  });

  it('is only what the tool selects of it', async () => {
    const select = 'birds[?wades].{name: name}';
    const body = JSON.stringify({ birds: [{ name: 'heron', wades: true, x: 1 }, { name: 'swift' }] });
    const result = await called({ headers: json, body }, { request: { response: { format: 'auto', select } } });
    assert.deepEqual(JSON.parse(result.value), [{ name: 'heron' }]);
    const unfit = await called({ headers: json, body }, { request: { response: { format: 'auto', select: 'sum(birds)' } } });
    assert.match(unfit.value, /"heron"[^]*\[The selection of this tool cannot be made: .+\]$/);
    assert.equal(unfit.status, 'success');
  });

  it('says what cannot be shown, and where a response is longer than may be read', async () => {
    assert.equal((await called({ status: 204 })).value, 'The server answered with status 204 No Content, with no content.');
    assert.match(
      (await called({ headers: { 'content-type': 'image/png' }, body: Buffer.from([137, 80]) })).value,
      /status 200 OK.*image\/png/,
    );
    const long = await called({ headers: json, body: JSON.stringify('x'.repeat(20_000)) });
    assert.match(long.value, /^"x+\n\[The response is longer: only its first 10000 bytes were read\.\]$/);
    const bomb = await called({ headers: { ...json, 'content-encoding': 'gzip' }, body: gzipSync('x'.repeat(5_000_000)) });
    assert.match(bomb.value, /only its first 10000 bytes/);
  });

  it('is an error with the beginning of what the server says, where that is no success', async () => {
    assert.deepEqual(await called({ status: 404, headers: json, body: '{"detail":"No such heron"}' }), {
      status: 'error',
      value: 'The server answered with status 404 Not Found: {"detail":"No such heron"}',
    });
    const long = await called({ status: 500, headers: { 'content-type': 'text/html' }, body: 'y'.repeat(5000) });
    assert.match(long.value, /^The server answered with status 500 Internal Server Error: y{2000}…$/);
  });

  it('shows no secret that the server repeats', async () => {
    const auth: RestAuth = { type: 'basic', username: 'heron', password: '{{ PASSWORD }}' };
    web.answer = ({ headers }) => ({
      status: 400,
      headers: json,
      body: JSON.stringify([headers['authorization'], headers['x-own'], 'pass-word']),
    });
    const { value } = await call({
      request: { url: web.url, headers: { 'x-own': '{{ OWN }}' } },
      auth,
      secrets: { PASSWORD: 'pass-word', OWN: 'own-secret' },
    });
    assert.match(value, /400 Bad Request: \["Basic \[secret\]","\[secret\]","\[secret\]"\]/);
  });

  it('follows redirects of what only reads, and tells another origin no secret', async () => {
    const other = await startWebServer();
    other.answer = () => ({ headers: json, body: '"there"' });
    const auth: RestAuth = { type: 'bearer', token: 'a-token' };
    const request = { url: `${web.url}/a`, headers: { 'x-own': 'mine' } };
    web.answer = ({ path }) => ({ status: 302, headers: { location: path === '/a' ? '/b' : `${other.url}/c` } });
    assert.equal((await call({ request, auth })).value, '"there"');
    assert.equal(web.seen.at(-1)?.headers['authorization'], 'Bearer a-token');
    const { headers, path } = other.seen.at(-1) ?? assert.fail();
    assert.deepEqual([path, headers['authorization'], headers['x-own']], ['/c', undefined, undefined]);
    await other.close();

    const post = await called({ status: 307, headers: { location: '/b' } }, { request: { method: 'POST' } });
    assert.match(post.value, /redirects a POST with status 307, which is not followed/);
    web.answer = ({ path }) => (path === '/x' ? { status: 303, headers: { location: '/result' } } : { headers: json, body: '1' });
    assert.equal((await call({ request: { method: 'POST', url: `${web.url}/x` } })).value, '1');
    assert.deepEqual([web.seen.at(-1)?.method, web.seen.at(-1)?.path], ['GET', '/result']);
    assert.match((await called({ status: 302, headers: { location: '/x' } })).value, /redirects more than 2 times/);
    assert.match((await called({ status: 302, headers: { location: 'file:///etc/passwd' } })).value, /redirects to file:/);
  });

  it('waits for as long as the server asks to, where that ends in time', async () => {
    const after = (seconds: string, status = 429): WebAnswer => ({ status, headers: { 'retry-after': seconds } });
    const twice = async (first: WebAnswer, changes: Partial<RestCall>) => {
      const before = web.seen.length;
      web.answer = () => (web.seen.length - before > 1 ? { headers: json, body: '"now"' } : first);
      const { value } = await call({ request: { url: web.url, ...changes.request }, ...changes });
      return [web.seen.length - before, value];
    };
    assert.deepEqual(await twice(after('0'), { request: { url: web.url, method: 'POST' } }), [2, '"now"']);
    assert.deepEqual(await twice(after(new Date(0).toUTCString(), 503), {}), [2, '"now"']);
    assert.deepEqual((await twice(after('0', 503), { request: { url: web.url, method: 'POST' } }))[0], 1, 'it may have acted on it');
    assert.match(String((await twice(after('60'), {}))[1]), /status 429/);
    assert.deepEqual((await twice({ status: 429 }, {}))[0], 1);
  });

  it('may go well another time where the server was away or busy', async () => {
    const isTransient = async (answer: WebAnswer) => {
      web.answer = () => answer;
      return (await call({ request: { url: web.url } })).isTransient === true;
    };
    assert.deepEqual(await Promise.all([200, 400, 404, 500].map(status => isTransient({ status }))), [false, false, false, false]);
    for (const status of [429, 502, 503, 504]) assert.ok(await isTransient({ status }), String(status));
    assert.equal((await call({ request: { url: 'http://127.0.0.1:1/' } })).isTransient, true);
  });

  it('tells whether the server may have acted on what got no answer', async () => {
    const dead = createServer(socket => socket.once('data', () => socket.destroy()));
    await new Promise<void>(resolve => dead.listen(0, '127.0.0.1', () => resolve()));
    const url = `http://127.0.0.1:${(dead.address() as AddressInfo).port}/`;
    assert.match(
      (await call({ request: { method: 'POST', url } })).value,
      /socket hang up\. It is not known whether the server has acted on it\./,
    );
    assert.doesNotMatch((await call({ request: { url } })).value, /not known/);
    await new Promise(resolve => dead.close(resolve));
    const refused = (await call({ request: { method: 'POST', url } })).value;
    assert.match(refused, /ECONNREFUSED/);
    assert.doesNotMatch(refused, /not known/);
  });

  it('ends when it is aborted, and leaves the connection', async () => {
    web.answer = () => null;
    const abort = new AbortController();
    const before = web.seen.length;
    const running = assert.rejects(call({ request: { url: web.url }, signal: abort.signal }), { name: 'AbortError' });
    while (web.seen.length === before) await new Promise(resolve => setTimeout(resolve, 5));
    abort.abort();
    await running;
    await web.seen.at(-1)?.closed;
  });

  describe('in pages', () => {
    const paged = async (pagination: RestPagination, answer: WebServer['answer'], query: Readonly<Record<string, string>> = {}) => {
      const before = web.seen.length;
      web.answer = answer;
      const { value } = await call({
        request: { url: `${web.url}/list`, query, pagination },
        auth: { type: 'api_key', place: 'query', name: 'key', value: 'k1234' },
      });
      return { result: JSON.parse(value) as unknown, paths: web.seen.slice(before).map(({ path }) => path) };
    };
    const page = (items: readonly number[], more: object = {}, headers = {}): WebAnswer => ({
      headers: { ...json, ...headers },
      body: JSON.stringify({ items, ...more }),
    });
    const common = { items: 'items', maxPages: 10 };

    it('goes where the Link header leads', async () => {
      const { result, paths } = await paged({ kind: 'link_header', ...common }, ({ path }) =>
        path.includes('page=2')
          ? page([3])
          : page([1, 2], {}, { link: '</list?first>; rel="first", <list?page=2&x=%2F>; title="a, b"; rel="next"' }),
      );
      assert.deepEqual(result, { items: [1, 2, 3], pages: 2, is_complete: true });
      assert.deepEqual(paths, ['/list?key=k1234', '/list?page=2&x=%2F&key=k1234']);
    });

    it('goes where the response says, but to no other server', async () => {
      const next = { kind: 'next_url', nextUrl: 'links.next', ...common } as const;
      const own = await paged(next, ({ path }) => (path.startsWith('/more') ? page([2]) : page([1], { links: { next: '/more?key=old' } })));
      assert.deepEqual(own.result, { items: [1, 2], pages: 2, is_complete: true });
      assert.deepEqual(own.paths, ['/list?key=k1234', '/more?key=k1234']);
      const other = await paged(next, () => page([1], { links: { next: 'https://elsewhere.example/' } }));
      assert.deepEqual(other.result, { items: [1], pages: 1, is_complete: false, note: 'The next page is at another server.' });
    });

    it('counts with a cursor, with pages or with an offset', async () => {
      const cursor = await paged({ kind: 'cursor', parameter: 'after', cursor: 'next', ...common }, ({ path }) =>
        path.includes('after=c%2F1') ? page([2], { next: null }) : page([1], { next: 'c/1' }),
      );
      assert.deepEqual(cursor.result, { items: [1, 2], pages: 2, is_complete: true });

      const pages = await paged({ kind: 'page', parameter: 'p', first: 1, ...common }, ({ path }) => page(path.includes('p=3') ? [] : [1]));
      assert.deepEqual(pages.paths, ['/list?key=k1234', '/list?p=2&key=k1234', '/list?p=3&key=k1234']);
      assert.deepEqual(pages.result, { items: [1, 1], pages: 3, is_complete: true });

      const offset = await paged({ kind: 'offset', parameter: 'o', ...common }, ({ path }) => page(path.includes('o=12') ? [] : [1, 2]), {
        o: '10',
      });
      assert.deepEqual(offset.paths, ['/list?o=10&key=k1234', '/list?o=12&key=k1234']);
    });

    it('stops at the limit of pages, of bytes, and at a page that fails', async () => {
      const kind = { kind: 'offset', parameter: 'o', ...common } as const;
      const endless = await paged(kind, () => page([1]));
      assert.deepEqual(endless.result, { items: [1, 1, 1], pages: 3, is_complete: false });
      const large = await paged(kind, () => page(Array.from({ length: 1000 }, () => 123456)));
      assert.deepEqual(
        [(large.result as { pages: number }).pages, (large.result as { note: string }).note],
        [1, 'The next page is too long.'],
      );
      const failing = await paged(kind, ({ path }) => (path.includes('o=') ? { status: 500 } : page([1])));
      assert.deepEqual(failing.result, {
        items: [1],
        pages: 1,
        is_complete: false,
        note: 'The server answered with status 500 Internal Server Error.',
      });
    });
  });

  describe('with OAuth client credentials', () => {
    const auth = (changes: object = {}): RestAuth => ({
      type: 'oauth2_client_credentials',
      tokenUrl: `${web.url}/token`,
      clientId: 'heron',
      clientSecret: '{{ SECRET }}',
      scope: 'read',
      audience: null,
      clientAuth: 'basic',
      ...changes,
    });
    const secrets = { SECRET: 's3:cret' };

    it('asks for a token once, and for another one when it is not taken any more', async () => {
      let issued = 0;
      const fresh = restCaller();
      const before = web.seen.length;
      web.answer = ({ path, headers }) => {
        if (path === '/token') return { headers: json, body: JSON.stringify({ access_token: `token-${(issued += 1)}`, expires_in: 3600 }) };
        return headers['authorization'] === 'Bearer token-1' && issued === 1 && web.seen.length - before > 3
          ? { status: 401 }
          : { headers: json, body: '"ok"' };
      };
      for (const expected of ['"ok"', '"ok"', '"ok"'])
        assert.equal((await fresh({ request: { method: 'POST', url: `${web.url}/x` }, auth: auth(), secrets })).value, expected);
      assert.deepEqual(
        web.seen.slice(before).map(({ path, headers }) => [path, headers['authorization']?.replace(/^Basic .*/, 'Basic')]),
        [
          ['/token', 'Basic'],
          ['/x', 'Bearer token-1'],
          ['/x', 'Bearer token-1'],
          ['/x', 'Bearer token-1'],
          ['/token', 'Basic'],
          ['/x', 'Bearer token-2'],
        ],
      );
      const { headers, body } = web.seen[before] ?? assert.fail();
      assert.equal(Buffer.from(headers['authorization']?.slice(6) ?? '', 'base64').toString(), 'heron:s3%3Acret');
      assert.equal(body, 'grant_type=client_credentials&scope=read');
    });

    it('says when there is none, without what the server says of it', async () => {
      web.answer = ({ body }) => ({ status: 401, headers: json, body: `{"error":"${body}"}` });
      const { status, value } = await restCaller()({ request: { url: web.url }, auth: auth({ clientAuth: 'body' }), secrets });
      assert.deepEqual([status, value], ['error', 'The request has failed: the access token was refused with status 401.']);
      assert.match(web.seen.at(-1)?.body ?? '', /client_id=heron&client_secret=s3%3Acret/);
    });
  });
});
