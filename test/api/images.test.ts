import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Settings } from '../../src/config/settings.js';
import { runApi } from '../../src/main/api-role.js';
import { agentClient } from '../support/agent-client.js';
import type { AgentClient } from '../support/agent-client.js';
import { pngBase64, sendImage, startImageServer } from '../support/image-server.js';
import type { ImageServer } from '../support/image-server.js';
import { useStack } from '../support/stack-client.js';
import { openWs } from '../support/ws-client.js';

const dataUrl = `data:image/png;base64,${pngBase64}`;
const base64 = (media_type: string, data: string) => ({ type: 'base64', media_type, data });
const byUrl = (url: string) => ({ type: 'url', url });

describe('images in messages', () => {
  const api = useStack();
  const { stack } = api;
  let images: ImageServer;
  const stops: (() => Promise<void>)[] = [];
  beforeEach(async () => {
    images = await startImageServer();
    stops.push(() => images.close());
    stack.mock.script = () => ({ text: 'I see.' });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) await stop();
  });

  /** Another API on the same backend. */
  async function clientWith(settings: Partial<Settings>): Promise<AgentClient> {
    const other = await runApi(stack.backend, { ...stack.backend.settings, ...settings }, pino({ level: 'silent' }));
    stops.push(() => other.stop());
    return agentClient(`http://127.0.0.1:${other.port}`);
  }

  const bodyOf = (...sources: readonly object[]) => ({
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Look' }, ...sources.map(source => ({ type: 'image', source }))] }],
  });

  /** The message is refused, and nothing is left of it. */
  async function assertRefused(sources: readonly object[], reason: RegExp, client: AgentClient = api): Promise<void> {
    const agentId = await api.newAgent();
    const response = await client.send(agentId, bodyOf(...sources));
    const { detail } = (await response.json()) as { detail: string };
    assert.equal(response.status, 400, detail);
    assert.match(detail, reason);
    assert.deepEqual((await api.letta.runs.list({ agent_id: agentId })).items, []);
    const listed = (await api.letta.agents.messages.list(agentId)).items;
    assert.ok(listed.every(message => message.message_type === 'system_message'));
  }

  async function assertSent(source: object): Promise<void> {
    const agentId = await api.newAgent();
    const response = await api.send(agentId, bodyOf(source));
    assert.equal(response.status, 200, await response.text());
    assert.ok(JSON.stringify(stack.mock.seen.at(-1)?.body).includes(dataUrl), 'the model gets the image itself');
    const stored = (await api.letta.agents.messages.list(agentId)).items.find(message => message.message_type === 'user_message');
    assert.deepEqual((stored as { content?: unknown } | undefined)?.content, [
      { type: 'text', text: 'Look', signature: null },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pngBase64, detail: null } },
    ]);
  }

  it('are refused when their data is no image of the named type', async () => {
    const wrong: readonly [object, RegExp][] = [
      [base64('image/png', 'xx'), /not valid base64/],
      [base64('image/png', 'not base64 at all!'), /not valid base64/],
      [base64('image/png', ''), /does not begin as one of/],
      [base64('image/png', Buffer.from('<svg/>').toString('base64')), /does not begin as one of/],
      [base64('image/svg+xml', pngBase64), /media type is 'image\/svg\+xml', not one of image\/png, image\/jpeg, image\/gif, image\/webp/],
      [base64('image/jpeg', pngBase64), /media type is 'image\/jpeg', but its data is image\/png/],
      [byUrl('data:image/png,plain'), /not of the form data:<media type>;base64/],
      [byUrl('data:image/png;base64,xx'), /not valid base64/],
      [byUrl('file:///etc/passwd'), /neither http, nor https, nor data/],
      [byUrl('nonsense'), /neither http, nor https, nor data/],
    ];
    for (const [source, reason] of wrong) await assertRefused([source], reason);
  });

  it('are taken as base64, also in lines, and by data URL', async () => {
    for (const source of [
      base64('image/png', pngBase64),
      base64('IMAGE/PNG', `${pngBase64.slice(0, 76)}\n${pngBase64.slice(76)}\n`),
      byUrl(dataUrl),
    ])
      await assertSent(source);
  });

  it('are fetched from their URL once, before the message is accepted, also behind a redirect', async () => {
    images.answer = (path, response) => {
      if (path === '/moved') response.writeHead(302, { location: '/there' }).end();
      else sendImage(response, 'application/octet-stream');
    };
    await assertSent(byUrl(`${images.url}/moved`));
    assert.deepEqual(images.asked, ['/moved', '/there']);
  });

  it('are refused when their URL gives none, in words that leave the query of the URL out', async () => {
    images.answer = (path, response) => {
      if (path.startsWith('/gone')) response.writeHead(404).end();
      else if (path === '/page') sendImage(response, 'text/html');
      else if (path === '/fake') sendImage(response, 'image/png', Buffer.from('no image'));
      else if (path === '/round') response.writeHead(302, { location: '/round' }).end();
      else if (path === '/aside') response.writeHead(302, { location: 'file:///etc/passwd' }).end();
      else if (path === '/cut')
        response.writeHead(200, { 'content-type': 'image/png', 'content-length': '5000' }).write('\x89PNG', () => response.destroy());
    };
    const wrong: readonly [string, RegExp][] = [
      ['/gone?signature=secret', /^The image at http:\/\/127\.0\.0\.1:\d+\/gone cannot be used: the server answered with status 404$/],
      ['/page', /its content type is 'text\/html'/],
      ['/fake', /does not begin as one of/],
      ['/round', /redirects more than 5 times/],
      ['/aside', /only http and https are fetched, not file:/],
      ['/cut', /cannot be used: aborted/],
    ];
    for (const [path, reason] of wrong) await assertRefused([byUrl(images.url + path)], reason);
    await assertRefused([base64('image/png', pngBase64), byUrl(`${images.url}/gone`)], /status 404/);
  });

  it('have limits of size, of time and of number', async () => {
    const client = await clientWith({ imageMaxBytes: 60, imageMaxUrls: 2, imageTimeoutMs: 200 });
    await assertRefused([base64('image/png', pngBase64)], /more than the 60 that PERDURA_IMAGE_MAX_BYTES allows/, client);
    await assertRefused([byUrl(images.url)], /it is larger than 60 bytes/, client);
    assert.equal(images.asked.length, 1);
    await assertRefused(
      [1, 2, 3].map(name => byUrl(`${images.url}/${name}`)),
      /names 3 images by URL; PERDURA_IMAGE_MAX_URLS allows 2/,
      client,
    );
    assert.equal(images.asked.length, 1);
    images.answer = () => undefined;
    await assertRefused([byUrl(images.url)], /did not answer in full within 200 ms/, client);
  });

  it('are not fetched from private addresses unless that is allowed', async () => {
    const client = await clientWith({ allowPrivateUrls: false });
    const { port } = new URL(images.url);
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '2130706433', '169.254.169.254'])
      await assertRefused([byUrl(`http://${host}:${port}/x.png`)], /is not allowed/, client);
    assert.deepEqual(images.asked, []);
  });

  it('are let go when the client leaves before they have come: nothing is accepted', async () => {
    const agentId = await api.newAgent();
    const leave = new AbortController();
    const left = new Promise<void>(resolve => {
      images.answer = (_path, response, request) => {
        request.socket.once('close', () => resolve());
        response.writeHead(200, { 'content-type': 'image/png' }).write('\x89PNG');
        leave.abort();
      };
    });
    const request = fetch(`${stack.url}/v1/agents/${agentId}/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(bodyOf(byUrl(images.url))),
      signal: leave.signal,
    });
    await assert.rejects(request);
    await left;
    assert.deepEqual((await api.letta.runs.list({ agent_id: agentId })).items, []);
  });

  it('are not fetched again for a request that is sent again: its run answers, whatever the URL names by now', async () => {
    const agentId = await api.newAgent();
    const [message] = bodyOf(byUrl(images.url)).messages;
    const body = { messages: [{ ...message, otid: randomUUID() }] };
    const headers = { 'idempotency-key': 'image' };
    assert.equal((await api.send(agentId, body, headers)).status, 200);
    images.answer = (_path, response) => response.writeHead(403).end();
    for (const again of [body, { ...body, streaming: true }]) {
      const response = await api.send(agentId, again, headers);
      const text = await response.text();
      assert.equal(response.status, 200, text);
      assert.match(text, /I see\./);
    }
    assert.equal(images.asked.length, 1);
    assert.equal((await api.letta.runs.list({ agent_id: agentId })).items.length, 1);
    const other = await api.send(agentId, bodyOf(byUrl(images.url)), { 'x-stainless-retry-count': '1' });
    assert.equal(other.status, 400, 'a request that was not seen before is no repeat');
  });

  it('go the same way in streams, asynchronous messages, conversations and WebSockets', async () => {
    const agentId = await api.newAgent();
    const post = async (path: string): Promise<unknown> => {
      const response = await fetch(`${stack.url}/v1/${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(bodyOf(base64('image/png', 'xx'))),
      });
      return [response.status, /not valid base64/.test(await response.text())];
    };
    const conversation = await api.letta.conversations.create({ agent_id: agentId });
    for (const path of [
      `agents/${agentId}/messages/stream`,
      `agents/${agentId}/messages/async`,
      `conversations/${conversation.id}/messages`,
    ])
      assert.deepEqual(await post(path), [400, true], path);
    const ws = await openWs(`${stack.url}/v1/ws`);
    stops.push(async () => {
      ws.socket.terminate();
      await ws.closed;
    });
    ws.say({ type: 'send', id: 'bad', agent_id: agentId, ...bodyOf(base64('image/png', 'xx')) });
    const [refusal] = await ws.answerTo('bad');
    assert.equal(refusal?.error?.status, 400);
    assert.match(String(refusal.error.body['detail']), /not valid base64/);
    ws.say({ type: 'send', id: 'good', agent_id: agentId, ...bodyOf(byUrl(images.url)) });
    assert.equal((await ws.answerTo('good')).at(-1)?.done, true);
  });
});
