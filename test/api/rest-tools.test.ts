import assert from 'node:assert/strict';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';
import { startWebServer } from '../support/web-server.js';
import type { WebServer } from '../support/web-server.js';

interface Shown {
  readonly id: string;
  readonly name: string;
  readonly source_type: string;
  readonly tool_type: string;
  readonly json_schema: { readonly parameters: { readonly properties: object; readonly required: readonly string[] } };
  readonly rest: {
    readonly request: object;
    readonly auth: object | null;
    readonly retry_class: string;
    readonly timeout_ms: number | null;
  };
}

interface OfferedTool {
  readonly function: { readonly name: string; readonly parameters: unknown };
}

describe('REST tools', () => {
  const client = useStack();
  const { stack } = client;
  let web: WebServer;
  let made = 0;

  before(async () => {
    web = await startWebServer();
  });
  after(() => web.close());

  const ask = async <Body = Shown>(method: string, path: string, body?: unknown): Promise<{ status: number; body: Body }> => {
    const response = await fetch(`${stack.url}/v1/tools/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Body };
  };
  const herons = () => ({
    name: `count_herons_${(made += 1)}`,
    description: 'Counts the herons of a pond.',
    request: {
      method: 'POST',
      url: `${web.url}/ponds/{pond}`,
      parameters: [{ name: 'pond', in: 'path', schema: { type: 'integer' } }],
      body: { schema: { type: 'object', properties: { day: { type: 'string' } }, required: ['day'] } },
      idempotency_header: 'Idempotency-Key',
    },
    auth: { type: 'bearer', token: 'a-sealed-token' },
  });

  it('are called by agents like any other tool', async () => {
    const { status, body: tool } = await ask('POST', 'rest', herons());
    assert.equal(status, 200, JSON.stringify(tool));
    assert.deepEqual([tool.tool_type, tool.source_type, tool.rest.retry_class], ['custom', 'json', 'on_interrupt']);
    const agentId = await client.newAgent({ include_base_tools: false, tool_ids: [tool.id] });
    web.answer = () => ({ headers: { 'content-type': 'application/json' }, body: '{"herons":3}' });
    stack.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool' ? { text: 'Three.' } : { toolCalls: [{ name: tool.name, args: { pond: 7, day: 'today' } }] };
    const { messages } = await client.letta.agents.messages.create(agentId, { input: 'How many?' });
    const [offered] = (stack.mock.seen.at(-1)?.request.tools ?? []) as readonly OfferedTool[];
    assert.deepEqual(offered?.function.parameters, tool.json_schema.parameters);
    const returned = JSON.parse(textOf(stack.mock.seen.at(-1)?.request.messages.at(-1))) as { status: string; message: string };
    assert.deepEqual([returned.status, JSON.parse(returned.message)], ['OK', { herons: 3 }]);
    const { method, path, headers, body } = web.seen.at(-1) ?? assert.fail();
    assert.deepEqual([method, path, headers['authorization'], body], ['POST', '/ponds/7', 'Bearer a-sealed-token', '{"day":"today"}']);
    const { run_id: runId } = messages.at(-1) ?? assert.fail();
    assert.equal(headers['idempotency-key'], `run/${runId ?? ''}/step/1/tool/0`);
  });

  it('show what they send and never how they say who calls', async () => {
    const { body: created } = await ask('POST', 'rest', herons());
    const { body: tool } = await ask('GET', `${created.id}/rest`);
    assert.deepEqual(tool, created);
    assert.deepEqual(tool.rest.auth, { type: 'bearer', token: null });
    const rows = await stack.backend.database.query<{ text: string }>(
      'select (t.*)::text || (r.*)::text as text from tools t join rest_tools r on r.tool_id = t.id where t.id = $1',
      [tool.id],
    );
    assert.ok(rows[0] !== undefined && !rows[0].text.includes('a-sealed-token'));
    const named = { ...herons(), auth: { type: 'api_key', name: 'x-key', value: '{{ KEY }}' } };
    const { body: other } = await ask('POST', 'rest', named);
    assert.deepEqual(other.rest.auth, { type: 'api_key', in: 'header', name: 'x-key', value: '{{ KEY }}' });
  });

  it('are changed in what a change names', async () => {
    const { body: tool } = await ask('POST', 'rest', herons());
    const renamed = await ask('PATCH', `${tool.id}/rest`, { name: `${tool.name}_b`, timeout_ms: 1000, auth: null });
    assert.deepEqual([renamed.body.name, renamed.body.rest.timeout_ms, renamed.body.rest.auth], [`${tool.name}_b`, 1000, null]);
    assert.deepEqual(renamed.body.rest.request, tool.rest.request);
    const again = await ask('PATCH', `${tool.id}/rest`, { request: tool.rest.request });
    assert.deepEqual(again.body.rest.request, tool.rest.request, 'what is shown can be sent');
    const other = await ask('PATCH', `${tool.id}/rest`, { request: { method: 'GET', url: web.url } });
    assert.deepEqual([other.body.json_schema.parameters.properties, other.body.rest.retry_class], [{}, 'always']);
    assert.deepEqual([other.body.rest.timeout_ms, other.body.name], [1000, `${tool.name}_b`]);
  });

  it('refuse what cannot work, and change nothing', async () => {
    const { body: tool } = await ask('POST', 'rest', herons());
    const before = await client.letta.tools.list({ limit: 1000 });
    const refusals: readonly (readonly [object, number, RegExp])[] = [
      [{ ...herons(), name: tool.name }, 409, /already exists/],
      [{ ...herons(), name: 'a b' }, 422, /A name has/],
      [{ ...herons(), request: { method: 'GET', url: 'nowhere' } }, 422, /no URL/],
      [{ ...herons(), request: { method: 'GET', url: web.url, response: { select: 'a[' } } }, 422, /JMESPath/],
      [{ ...herons(), request: { method: 'GET', url: web.url, response: { select: 'a[' } } }, 422, /JMESPath/],
      [
        { ...herons(), request: { method: 'GET', url: web.url, parameters: [{ name: 'a', in: 'query', schema: { type: 'bird' } }] } },
        422,
        /schemas of the arguments/,
      ],
      [{ ...herons(), unknown: true }, 422, /unknown/],
      [{ ...herons(), auth: { type: 'bearer', token: null } }, 422, /token/],
    ];
    for (const [body, status, message] of refusals) {
      const answer = await ask<unknown>('POST', 'rest', body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(JSON.stringify(answer.body), message);
    }
    assert.equal((await ask('PATCH', `${tool.id}/rest`, { name: 'web_search' })).status, 409);
    assert.equal((await ask('PATCH', `${tool.id}/rest`, { request: { method: 'GET', url: 'nowhere' } })).status, 422);
    const unknown = 'tool-00000000-0000-4000-8000-00000000dead';
    assert.equal((await ask('GET', `${unknown}/rest`)).status, 404);
    assert.equal((await ask('PATCH', `${unknown}/rest`, {})).status, 404);
    assert.deepEqual(await client.letta.tools.list({ limit: 1000 }), before);
    assert.deepEqual((await ask('GET', `${tool.id}/rest`)).body, tool);
  });

  describe('of an OpenAPI document', () => {
    interface Synced {
      readonly added: readonly { readonly name: string; readonly tool_id: string | null }[];
      readonly updated: readonly { readonly name: string; readonly tool_id: string | null }[];
      readonly unchanged: readonly string[];
      readonly deleted: readonly string[];
    }
    const document = (paths: object) => ({ openapi: '3.0.0', info: { title: 'Ponds', version: '1' }, servers: [{ url: web.url }], paths });
    const operation = (operationId: string, more: object = {}) => ({ operationId, responses: { '200': { description: 'ok' } }, ...more });
    const sync = (paths: object, more: object = {}) =>
      ask<Synced>('POST', 'openapi', { name: 'ponds', name_prefix: 'pond_', document: JSON.stringify(document(paths)), ...more });
    const names = (tools: Synced['added']): string[] => tools.map(({ name }) => name);

    it('are made, follow a newer version of it, and keep what was set on them', async () => {
      const first = { '/a': { get: operation('a') }, '/b': { post: operation('b') } };
      const auth = { type: 'bearer', token: 'a-sealed-token' };
      const dry = await sync(first, { dry_run: true, auth });
      assert.deepEqual([names(dry.body.added), dry.body.added[0]?.tool_id], [['pond_a', 'pond_b'], null]);
      assert.equal((await client.letta.tools.list({ name: 'pond_a' })).items.length, 0);

      const { body: made } = await sync(first, { auth });
      assert.deepEqual(names(made.added), ['pond_a', 'pond_b']);
      const id = made.added[0]?.tool_id ?? '';
      await ask('PATCH', `${id}/rest`, { timeout_ms: 500, name: 'pond_a_renamed' });

      const parameters = [{ name: 'q', in: 'query', required: true, schema: { type: 'string' } }];
      const { body: newer } = await sync({ '/a': { get: operation('a', { parameters }) }, '/c': { delete: operation('c') } });
      assert.deepEqual([names(newer.added), names(newer.updated), newer.deleted], [['pond_c'], ['pond_a_renamed'], ['pond_b']]);
      const { body: tool } = await ask('GET', `${id}/rest`);
      assert.deepEqual(
        [tool.json_schema.parameters.required, tool.rest.timeout_ms, tool.rest.auth],
        [['q'], 500, { type: 'bearer', token: null }],
      );

      const { body: same } = await sync({ '/a': { get: operation('a', { parameters }) }, '/c': { delete: operation('c') } });
      assert.deepEqual([same.added, same.updated, same.unchanged, same.deleted], [[], [], ['pond_a_renamed', 'pond_c'], []]);
      assert.deepEqual((await sync({})).body.deleted.toSorted(), ['pond_a_renamed', 'pond_c']);
    });

    it('refuse a document that cannot be used, and names that are taken', async () => {
      assert.match(JSON.stringify((await sync({ a: {} })).body), /The document cannot be used/);
      const taken = await sync({ '/a': { get: operation('web_search') } }, { name_prefix: '' });
      assert.equal(taken.status, 409);
      assert.match(JSON.stringify(taken.body), /web_search/);
      const many = Object.fromEntries(Array.from({ length: 201 }, (_, n) => [`/${n}`, { get: operation(`o${n}`) }]));
      assert.match(JSON.stringify((await sync(many)).body), /201 operations, and 200 can be tools/);
    });
  });
});
