import assert from 'node:assert/strict';
import { useStack } from '../support/stack-client.js';

const source = (name: string, more = ''): string =>
  `def ${name}(city: str, days: int = 1) -> str:\n    """\n    Look up the forecast of a city.${more}\n\n    Args:\n        city: The city.\n        days: How many days.\n    """\n    return city\n`;

const parameters = {
  type: 'object',
  properties: { city: { type: 'string', description: 'The city.' }, days: { type: 'integer', description: 'How many days.' } },
  required: ['city'],
};

describe('tools of a source', () => {
  const { letta, newAgent } = useStack();

  it('get name, description and schema from their source, and are found', async () => {
    const made = await letta.tools.create({ source_code: source('forecast_a'), tags: ['weather'] });
    assert.equal(made.name, 'forecast_a');
    assert.equal(made.description, 'Look up the forecast of a city.');
    assert.equal(made.tool_type, 'custom');
    assert.equal(made.return_char_limit, 50_000);
    assert.match(String(made.metadata_?.['tool_hash']), /^[\da-f]{16}$/);
    assert.deepEqual(made.json_schema, { name: 'forecast_a', description: made.description, parameters });
    const { metadata_: metadata, ...found } = await letta.tools.retrieve(made.id);
    assert.deepEqual({ ...found, metadata_: metadata }, made);
    assert.deepEqual(
      (await letta.tools.list({ name: 'forecast_a' })).items.map(tool => tool.id),
      [made.id],
    );
  });

  it('are put in the place of the one of their name, by either operation, and keep their tags', async () => {
    const first = await letta.tools.create({ source_code: source('forecast_b'), tags: ['weather'], return_char_limit: 10 });
    const again = await letta.tools.create({ source_code: source('forecast_b', ' Again.') });
    assert.deepEqual(
      [again.id, again.description, again.tags, again.return_char_limit],
      [first.id, 'Look up the forecast of a city. Again.', ['weather'], 50_000],
    );
    assert.notEqual(again.metadata_?.['tool_hash'], first.metadata_?.['tool_hash']);
    const put = await letta.tools.upsert({
      source_code: source('forecast_b'),
      tags: ['sun'],
      pip_requirements: [{ name: 'httpx', version: '0.28.1' }],
    });
    assert.deepEqual([put.id, put.tags, put.pip_requirements], [first.id, ['sun'], [{ name: 'httpx', version: '0.28.1' }]]);
  });

  it('are one tool when several requests make them at once', async () => {
    const made = await Promise.all(Array.from({ length: 6 }, () => letta.tools.create({ source_code: source('forecast_c') })));
    assert.equal(new Set(made.map(tool => tool.id)).size, 1);
  });

  it('change by parts; a new source alone leaves the schema', async () => {
    const made = await letta.tools.create({ source_code: source('forecast_d') });
    const code = source('forecast_d', ' Better.');
    const changed = await letta.tools.update(made.id, { source_code: code, default_requires_approval: true, metadata_: { of: 'me' } });
    assert.deepEqual([changed.source_code, changed.json_schema, changed.default_requires_approval], [code, made.json_schema, true]);
    assert.equal(changed.metadata_?.['of'], 'me');
    assert.notEqual(changed.metadata_['tool_hash'], made.metadata_?.['tool_hash']);
    const schema = { type: 'object', properties: { city: { type: 'string', description: 'Where.' } }, required: ['city'] };
    const narrowed = await letta.tools.update(made.id, { args_json_schema: schema });
    assert.deepEqual(narrowed.json_schema?.['parameters'], schema);
    assert.equal(narrowed.default_requires_approval, true);
  });

  it('carry what this server knows beside V1, and keep it when V1 clients put them again', async () => {
    const code = source('forecast_e');
    const body = { source_code: code, retry_class: 'always', timeout_ms: 5000, network: 'none' };
    const made = await letta.post<Record<string, unknown>>('/v1/tools/', { body });
    assert.deepEqual([made['retry_class'], made['timeout_ms'], made['network']], ['always', 5000, 'none']);
    const put = (await letta.tools.upsert({ source_code: code })) as unknown as Record<string, unknown>;
    assert.deepEqual([put['retry_class'], put['timeout_ms'], put['network']], ['always', 5000, 'none']);
    const other = (await letta.tools.create({ source_code: source('forecast_f') })) as unknown as Record<string, unknown>;
    assert.deepEqual([other['retry_class'], other['timeout_ms'], other['network']], ['never', null, null]);
  });

  it('leave their agents when they are deleted', async () => {
    const made = await letta.tools.create({ source_code: source('forecast_g') });
    const agentId = await newAgent({ tools: ['forecast_g'], include_base_tools: false });
    assert.deepEqual(
      (await letta.agents.tools.list(agentId)).items.map(tool => tool.id),
      [made.id],
    );
    await letta.tools.delete(made.id);
    assert.deepEqual((await letta.agents.tools.list(agentId)).items, []);
    await assert.rejects(letta.tools.retrieve(made.id), { status: 404 });
    await assert.rejects(letta.tools.delete(made.id), { status: 404 });
  });

  it('may be TypeScript, whose schema is read as well', async () => {
    const code = '/** Doubles. */\nexport function double_it(n: number): number { return 2 * n; }';
    const made = await letta.tools.create({ source_code: code, source_type: 'typescript' });
    assert.deepEqual([made.name, made.source_type, made.description], ['double_it', 'typescript', 'Doubles.']);
  });

  it('are refused with the reason, and nothing changes', async () => {
    const made = await letta.tools.create({ source_code: source('forecast_h') });
    const create = (body: Record<string, unknown>) => letta.post('/v1/tools/', { body });
    const cases: readonly [Record<string, unknown>, number, RegExp][] = [
      [{ source_code: 'def f(x): pass' }, 400, /Failed to derive json schema: Schema generation failed: Function f missing docstring/],
      [{ source_code: 'nothing' }, 400, /No functions found in source code/],
      [{ source_code: source('f'.repeat(49)) }, 400, /too long\. It must be less than 48/],
      [{ source_code: source('send_message') }, 400, /'send_message' is that of a tool of the server/],
      [{ source_code: source('f'), json_schema: { name: 'g', parameters: {} } }, 400, /Tool name mismatch: the source defines 'f'/],
      [{ source_code: source('f'), json_schema: { parameters: {} } }, 400, /The member 'name' of json_schema/],
      [{ source_code: source('f'), source_type: 'cobol' }, 400, /Unknown tool source type: cobol/],
      [{ source_code: source('f'), return_char_limit: 0 }, 422, /return_char_limit/],
      [{ source_code: source('f'), pip_requirements: [{ name: '' }] }, 422, /pip_requirements/],
      [{}, 422, /source_code/],
    ];
    for (const [body, status, message] of cases) await assert.rejects(create(body), { status, message });
    const update = (body: Record<string, unknown>) => letta.patch(`/v1/tools/${made.id}`, { body });
    await letta.tools.create({ source_code: source('forecast_i') });
    const taken = { json_schema: { name: 'forecast_i', parameters: {} }, source_code: source('forecast_i') };
    await assert.rejects(update(taken), { status: 400, message: /Tool with name 'forecast_i' already exists in your organization/ });
    await assert.rejects(update({ json_schema: {}, args_json_schema: {} }), { status: 400, message: /Cannot provide both/ });
    await assert.rejects(update({ source_code: source('another') }), { status: 400, message: /name mismatch/ });
    assert.deepEqual(await letta.tools.retrieve(made.id), made);
    const [builtin] = (await letta.tools.list({ name: 'archival_memory_search' })).items;
    await assert.rejects(letta.tools.update(builtin?.id ?? '', { source_code: 'x' }), { status: 400, message: /is no tool of a source/ });
  });

  it('have their schema generated without being made', async () => {
    const generate = (body: Record<string, unknown>) => letta.post('/v1/tools/generate-schema', { body });
    assert.deepEqual(await generate({ code: source('unmade') }), {
      name: 'unmade',
      description: 'Look up the forecast of a city.',
      parameters,
    });
    const typescript = await generate({ code: 'export function t(a?: string) {}', source_type: 'typescript' });
    assert.deepEqual(typescript, {
      name: 't',
      description: 'TypeScript function t',
      parameters: { type: 'object', properties: { a: { type: 'string' } }, required: [] },
    });
    await assert.rejects(generate({ code: 'def (' }), { status: 400, message: /Schema generation failed: Failed to parse source code/ });
    assert.deepEqual((await letta.tools.list({ name: 'unmade' })).items, []);
  });
});
