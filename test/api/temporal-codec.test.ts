import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { defaultPayloadConverter } from '@temporalio/common';
import { pino } from 'pino';
import { createCodecAccess, originsOfUi } from '../../src/api/middleware/codec-access.js';
import { temporalCodecRoutes } from '../../src/api/routes/temporal-codec/temporal-codec-routes.js';
import { createApp } from '../../src/api/create-app.js';
import { createGate } from '../../src/api/gate.js';
import { createPayloadCodec } from '../../src/temporal/payload-codec.js';

const password = 'open sesame';
const ui = 'http://127.0.0.1:8233';

interface WirePayloads {
  readonly payloads: readonly { readonly metadata: Readonly<Record<string, string>>; readonly data: string }[];
}

describe('the codec endpoint, asked as a page of another origin asks', () => {
  const payloadCodec = createPayloadCodec([new Uint8Array(32).fill(3)]);
  let server: Server;
  let endpoint: string;

  before(async () => {
    const gate = createGate(password);
    const codecAccess = createCodecAccess(gate, password);
    const app = createApp({
      routes: temporalCodecRoutes({ payloadCodec, codecAccess }),
      logger: pino({ level: 'silent' }),
      readiness: { isReady: true },
      gate,
      codecAccess,
      corsOrigins: ['*'],
      temporalUiOrigins: originsOfUi(ui, []),
      jsonLimit: '1mb',
      checkResponses: true,
      mcp: null,
      version: '0',
    });
    server = await new Promise(resolve => {
      const listening = app.listen(0, '127.0.0.1', () => resolve(listening));
    });
    endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/_temporal/codec`;
  });
  after(() => void server.close());

  const ask = (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
    fetch(`${endpoint}/${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-namespace': 'default', origin: ui, ...headers },
      body: JSON.stringify(body),
    });

  async function encrypted(text: string): Promise<WirePayloads> {
    const [payload] = await payloadCodec.encode([defaultPayloadConverter.toPayload(text)]);
    const metadata = Object.entries(payload?.metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
    const data = Buffer.from(payload?.data ?? []).toString('base64');
    return { payloads: [{ metadata: Object.fromEntries(metadata) as Record<string, string>, data }] };
  }

  const basic = { authorization: `Basic ${Buffer.from(`me:${password}`).toString('base64')}` };

  async function signIn(): Promise<string> {
    const response = await fetch(`${endpoint}/sign-in`, { headers: basic });
    assert.equal(response.status, 200);
    return response.headers.get('set-cookie') ?? '';
  }

  it('allows it to the UI by name, cookies included, and to nobody else', async () => {
    const preflight = async (origin: string): Promise<Headers> =>
      (
        await fetch(`${endpoint}/decode`, {
          method: 'OPTIONS',
          headers: {
            origin,
            'access-control-request-method': 'POST',
            'access-control-request-headers': 'content-type,x-namespace,authorization',
          },
        })
      ).headers;
    for (const origin of [ui, 'http://localhost:8233']) {
      const headers = await preflight(origin);
      assert.equal(headers.get('access-control-allow-origin'), origin);
      assert.equal(headers.get('access-control-allow-credentials'), 'true');
      assert.match(headers.get('access-control-allow-headers') ?? '', /x-namespace/);
    }
    assert.equal((await preflight('http://elsewhere.example')).get('access-control-allow-origin'), null);
  });

  it('decrypts with the key of the API, as a bearer', async () => {
    const response = await ask('decode', await encrypted('heron-42'), { authorization: `Bearer ${password}` });
    assert.equal(response.headers.get('access-control-allow-origin'), ui);
    const { payloads } = (await response.json()) as WirePayloads;
    assert.equal(Buffer.from(payloads[0]?.data ?? '', 'base64').toString(), '"heron-42"');
    assert.equal(Buffer.from(payloads[0]?.metadata['encoding'] ?? '', 'base64').toString(), 'json/plain');
  });

  it('decrypts with the cookie of a browser whose user has signed in, and encrypts what it sends', async () => {
    const cookie = await signIn();
    assert.match(cookie, /^perdura_codec=[^;]+; Max-Age=43200; Path=\/v1\/_temporal\/codec; Expires=[^;]+; HttpOnly; SameSite=Strict$/);
    const [pair = ''] = cookie.split(';');
    const plain = { payloads: [{ metadata: { encoding: 'anNvbi9wbGFpbg==' }, data: Buffer.from('"a signal"').toString('base64') }] };
    const encoded = (await (await ask('encode', plain, { cookie: pair })).json()) as WirePayloads;
    assert.doesNotMatch(Buffer.from(encoded.payloads[0]?.data ?? '', 'base64').toString('latin1'), /signal/);
    const decoded = (await (await ask('decode', encoded, { cookie: pair })).json()) as WirePayloads;
    assert.deepEqual(decoded, plain);
  });

  it('refuses everybody else', async () => {
    const body = await encrypted('heron-42');
    const cookie = (await signIn()).split(';')[0] ?? '';
    const later = cookie.replace(/=(\d+)/, (_, expires: string) => `=${Number(expires) + 1}`);
    for (const headers of [{}, { authorization: 'Bearer wrong' }, { cookie: later }, { cookie: 'perdura_codec=1.x' }]) {
      const response = await ask('decode', body, headers);
      assert.equal(response.status, 401);
      assert.doesNotMatch(await response.text(), /heron/);
    }
    // The cookie is no way to another one, or it would never end.
    for (const headers of [{}, { cookie }]) {
      const asked = await fetch(`${endpoint}/sign-in`, { headers });
      assert.equal(asked.status, 401);
      assert.match(asked.headers.get('www-authenticate') ?? '', /^Basic /);
      assert.equal(asked.headers.get('set-cookie'), null);
    }
    assert.equal(
      (await fetch(endpoint.replace('_temporal/codec', 'agents/'), { headers: { ...basic, cookie } })).status,
      401,
      'no way into the rest of the API',
    );
  });

  it('says what it cannot read', async () => {
    const [payload] = await createPayloadCodec([new Uint8Array(32)]).encode([{ metadata: {}, data: Buffer.from('x') }]);
    const metadata = Object.entries(payload?.metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]);
    const body = {
      payloads: [{ metadata: Object.fromEntries(metadata) as unknown, data: Buffer.from(payload?.data ?? []).toString('base64') }],
    };
    const unknown = await ask('decode', body, { authorization: `Bearer ${password}` });
    assert.equal(unknown.status, 400);
    assert.match(await unknown.text(), /encrypted with the key [\da-f]{16}/);
    const malformed = await ask('decode', { payloads: [{ data: '***' }] }, { authorization: `Bearer ${password}` });
    assert.equal(malformed.status, 422);
  });
});
