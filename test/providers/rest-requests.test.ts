import assert from 'node:assert/strict';
import { body, callId, parameter, restCaller } from '../support/rest-world.js';
import type { RestCall } from '../support/rest-world.js';
import { startWebServer } from '../support/web-server.js';
import type { SeenByWeb, WebServer } from '../support/web-server.js';

describe('the request of a REST tool', () => {
  let web: WebServer;
  const call = restCaller();

  before(async () => {
    web = await startWebServer();
    web.answer = () => ({ headers: { 'content-type': 'application/json' }, body: '{}' });
  });
  after(() => web.close());

  /** What the server has got. */
  const sent = async ({ request, ...rest }: RestCall): Promise<SeenByWeb> => {
    const before = web.seen.length;
    const result = await call({ request: { url: `${web.url}/x`, ...request }, ...rest });
    assert.equal(result.status, 'success', JSON.stringify(result.value));
    assert.equal(web.seen.length, before + 1);
    return web.seen.at(-1) ?? assert.fail();
  };
  const refused = async (request: RestCall): Promise<string> => {
    const before = web.seen.length;
    const result = await call({ ...request, request: { url: `${web.url}/x`, ...request.request } });
    assert.equal(result.status, 'error');
    assert.equal(web.seen.length, before, 'nothing was sent');
    return result.value;
  };

  it('has each argument where it belongs, with what is the same for all calls', async () => {
    const { method, path, headers } = await sent({
      request: {
        method: 'DELETE',
        url: `${web.url}/ponds/{pond}/herons/{name}`,
        query: { version: '2' },
        headers: { 'x-fixed': 'always' },
        parameters: [
          parameter('pond', 'path'),
          parameter('name', 'path'),
          parameter('q', 'query'),
          parameter('none', 'query'),
          parameter('x-own', 'header'),
          parameter('session', 'cookie'),
        ],
        idempotencyHeader: 'Idempotency-Key',
      },
      args: { pond: 7, name: 'a/b ?#%é', q: 'x&y=z ä', none: null, 'x-own': 'here', session: 'a;b' },
    });
    assert.deepEqual([method, path], ['DELETE', '/ponds/7/herons/a%2Fb%20%3F%23%25%C3%A9?version=2&q=x%26y%3Dz%20%C3%A4']);
    assert.deepEqual(
      [headers['x-fixed'], headers['x-own'], headers['cookie'], headers['idempotency-key']],
      ['always', 'here', 'session=a%3Bb', callId],
    );
  });

  it('writes lists and objects in the style that the server wants', async () => {
    const list = ['b', 'c d'];
    const object = { r: 1, g: [2, 3] };
    const cases = [
      ['query', {}, list, '?v=b&v=c%20d'],
      ['query', { explode: false }, list, '?v=b%2Cc%20d'],
      ['query', { style: 'spaceDelimited' }, list, '?v=b%20c%20d'],
      ['query', { style: 'pipeDelimited' }, list, '?v=b%7Cc%20d'],
      ['query', { style: 'deepObject' }, object, '?v[r]=1&v[g]=2&v[g]=3'],
      ['query', {}, object, '?r=1&g=[2%2C3]'],
      ['query', { asJson: true }, object, '?v=%7B%22r%22%3A1%2C%22g%22%3A[2%2C3]%7D'],
      ['query', { allowReserved: true }, 'a/b:c&d#e+f', '?v=a/b:c%26d%23e%2Bf'],
      ['path', {}, list, '/b,c%20d'],
      ['path', { explode: true }, { r: 1, g: 2 }, '/r=1,g=2'],
      ['path', { style: 'label' }, list, '/.b,c%20d'],
      ['path', { style: 'label', explode: true }, list, '/.b.c%20d'],
      ['path', { style: 'matrix' }, list, '/;v=b,c%20d'],
      ['path', { style: 'matrix', explode: true }, list, '/;v=b;v=c%20d'],
      ['path', { style: 'matrix', explode: true }, { r: 1, g: 2 }, '/;r=1;g=2'],
    ] as const;
    for (const [place, style, value, expected] of cases) {
      const url = place === 'path' ? `${web.url}/{v}` : web.url;
      const { path } = await sent({ request: { url, parameters: [parameter('v', place, style)] }, args: { v: value } });
      assert.equal(path, place === 'path' ? expected : `/${expected}`, JSON.stringify([place, style]));
    }
  });

  it('sends a body as JSON, as a form, in parts or as text', async () => {
    const schema = { type: 'object', properties: { name: { type: 'string' }, tags: { type: 'array' }, at: { type: 'object' } } };
    const args = { name: 'é "x"', tags: ['a', 'b'], at: { x: 1 } };
    const ofType = (contentType: string, changes = {}) =>
      sent({ request: { method: 'POST', body: body(schema, { contentType, ...changes }) }, args });

    const json = await ofType('application/vnd.birds+json');
    assert.deepEqual([json.headers['content-type'], JSON.parse(json.body)], ['application/vnd.birds+json', args]);

    const form = await ofType('application/x-www-form-urlencoded');
    assert.equal(form.body, 'name=%C3%A9+%22x%22&tags=a&tags=b&at=%7B%22x%22%3A1%7D');
    const deep = await ofType('application/x-www-form-urlencoded', { encoding: { at: { style: 'deepObject' }, tags: { explode: false } } });
    assert.equal(deep.body, 'name=%C3%A9+%22x%22&tags=a%2Cb&at%5Bx%5D=1');

    const parts = await ofType('multipart/form-data');
    const read = await new Response(parts.body, { headers: { 'content-type': parts.headers['content-type'] ?? '' } }).formData();
    assert.deepEqual(
      [...read.entries()],
      [
        ['name', 'é "x"'],
        ['tags', 'a'],
        ['tags', 'b'],
        ['at', '{"x":1}'],
      ],
    );

    const text = { method: 'POST', body: body({ type: 'string' }, { contentType: 'text/plain' }) } as const;
    assert.equal((await sent({ request: text, args: { body: 'two\nlines' } })).body, 'two\nlines');
  });

  it('says who calls, in each of the ways that there are', async () => {
    const secrets = { KEY: 'k-123456' };
    const bearer = await sent({ request: {}, auth: { type: 'bearer', token: '{{ KEY }}' }, secrets });
    assert.equal(bearer.headers['authorization'], 'Bearer k-123456');
    const basic = await sent({ request: {}, auth: { type: 'basic', username: 'heron', password: '{{KEY}}' }, secrets });
    assert.equal(basic.headers['authorization'], `Basic ${Buffer.from('heron:k-123456').toString('base64')}`);
    const inHeader = await sent({ request: {}, auth: { type: 'api_key', place: 'header', name: 'X-Key', value: '{{ KEY }}' }, secrets });
    assert.equal(inHeader.headers['x-key'], 'k-123456');
    const inQuery = await sent({ request: { query: { a: 'b' } }, auth: { type: 'api_key', place: 'query', name: 'key', value: 'p q' } });
    assert.equal(inQuery.path, '/x?a=b&key=p%20q');
    const inCookie = await sent({ request: {}, auth: { type: 'api_key', place: 'cookie', name: 'key', value: 'sealed' } });
    assert.equal(inCookie.headers['cookie'], 'key=sealed');
  });

  it('puts secrets into the places that name them, and never into what a model has written', async () => {
    const { path, headers } = await sent({
      request: {
        url: `${web.url}/{{ TENANT }}/{id}`,
        query: { region: '{{ REGION | north }}' },
        headers: { 'x-tenant': 'of {{TENANT}}' },
        parameters: [parameter('id', 'path'), parameter('q', 'query')],
      },
      args: { id: '{{TENANT}}', q: '{{ TENANT }}' },
      secrets: { TENANT: 'pond' },
    });
    assert.deepEqual([path, headers['x-tenant']], ['/pond/%7B%7BTENANT%7D%7D?region=north&q=%7B%7B%20TENANT%20%7D%7D', 'of pond']);
    assert.match(await refused({ request: { headers: { 'x-a': '{{ NONE }}' } } }), /not sent: the secret NONE is missing/);
  });

  it('asks for nothing that the tool does not declare', async () => {
    const request: RestCall['request'] = {
      url: `${web.url}/{id}/end`,
      parameters: [parameter('id', 'path', { schema: { type: 'string' } }), parameter('n', 'query', { schema: { type: 'integer' } })],
    };
    assert.match(await refused({ request, args: { n: 1 } }), /missing argument 'id'/);
    assert.match(await refused({ request, args: { id: 'a', m: 1 } }), /unknown argument 'm'/);
    assert.match(await refused({ request, args: { id: 'a', n: 'many' } }), /n must be integer/);
    for (const id of ['..', '.', '']) await refused({ request, args: { id } });
    assert.equal((await sent({ request, args: { id: '..a', n: '5' } })).path, '/..a/end?n=5');
    const header = { parameters: [parameter('x-a', 'header')] };
    assert.match(await refused({ request: header, args: { 'x-a': 'a\r\nx-b: c' } }), /x-a holds characters/);
  });

  it('goes to no private address unless that is allowed', async () => {
    const careful = restCaller({ allowPrivate: false });
    const before = web.seen.length;
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '169.254.169.254']) {
      const { status, value } = await careful({ request: { method: 'POST', url: `http://${host}:${new URL(web.url).port}/` } });
      assert.equal(status, 'error');
      assert.match(value, /is not allowed/, host);
      assert.doesNotMatch(value, /not known whether/);
    }
    assert.equal(web.seen.length, before);
  });
});
