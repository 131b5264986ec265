import assert from 'node:assert/strict';
import { planOpenApi } from '../../../src/domain/rest/openapi/plan-openapi.js';
import type { OpenApiOptions, OpenApiPlan } from '../../../src/domain/rest/openapi/plan-openapi.js';
import { readOpenApi } from '../../../src/providers/rest/read-openapi.js';

const birds = `
openapi: 3.0.3
info: {title: Birds, version: '1'}
servers: [{url: 'https://{region}.birds.example/v1/', variables: {region: {default: north}}}]
paths:
  /ponds/{pond}/birds:
    parameters: [{$ref: '#/components/parameters/Pond'}]
    get:
      operationId: list birds
      tags: [read]
      summary: Lists birds.
      description: Of one pond.
      parameters:
        - {name: filter, in: query, style: deepObject, explode: true, schema: {type: object}}
        - {name: at, in: query, content: {application/json: {schema: {type: object}}}}
        - {name: Accept, in: header, schema: {type: string}}
      responses: {'200': {description: ok}}
    post:
      tags: [write]
      requestBody:
        required: true
        content:
          text/plain: {schema: {type: string}}
          application/json: {schema: {$ref: '#/components/schemas/Bird'}}
      responses: {'201': {description: made}}
  /photos:
    put:
      operationId: putPhoto
      requestBody: {content: {image/png: {schema: {type: string, format: binary}}}}
      responses: {'200': {description: ok}}
components:
  parameters:
    Pond: {name: pond, in: path, required: true, description: Which pond., schema: {type: integer, minimum: 0, exclusiveMinimum: true}}
  schemas:
    Bird:
      type: object
      required: [name]
      properties:
        id: {type: string, readOnly: true}
        name: {type: string, nullable: true, example: heron}
        parent: {$ref: '#/components/schemas/Bird'}
        kin: {type: array, items: {$ref: '#/components/schemas/Bird'}}
`;

const all: OpenApiOptions = { include: null, exclude: null, namePrefix: '', baseUrl: null };
const none = { operationIds: [], tags: [], paths: [] };

describe('planOpenApi', () => {
  const plan = async (text: string | Readonly<Record<string, unknown>>, options: Partial<OpenApiOptions> = {}): Promise<OpenApiPlan> => {
    const read = await readOpenApi(text);
    assert.ok(read.kind === 'document', read.kind === 'fault' ? read.reason : '');
    return planOpenApi(read.document, { ...all, ...options });
  };
  const changed = (from: string, to: string): string => {
    assert.ok(birds.includes(from));
    return birds.replace(from, to);
  };

  it('makes a tool of each operation, with the parts that it refers to', async () => {
    const { planned } = await plan(birds);
    const [list, make] = planned;
    assert.deepEqual(
      planned.map(({ name, operation, retryClass }) => [name, operation, retryClass]),
      [
        ['list_birds', 'GET /ponds/{pond}/birds', 'always'],
        ['post_ponds_pond_birds', 'POST /ponds/{pond}/birds', 'never'],
      ],
    );
    assert.equal(list?.description, 'Lists birds.\n\nOf one pond.');
    assert.equal(list.definition.url, 'https://north.birds.example/v1/ponds/{pond}/birds');
    assert.deepEqual(list.parameters, {
      type: 'object',
      properties: {
        pond: { type: 'integer', exclusiveMinimum: 0, description: 'Which pond.' },
        filter: { type: 'object' },
        at: { type: 'object' },
      },
      required: ['pond'],
      additionalProperties: false,
    });
    assert.deepEqual(
      list.definition.parameters.map(({ name, style, asJson }) => [name, style, asJson]),
      [
        ['pond', 'simple', false],
        ['filter', 'deepObject', false],
        ['at', 'form', true],
      ],
    );
    assert.equal(make?.definition.body?.contentType, 'application/json');
    assert.deepEqual(Object.keys(make.parameters['properties'] as object), ['pond', 'name', 'parent', 'kin']);
    const { name, parent } = make.parameters['properties'] as Readonly<Record<string, Readonly<Record<string, unknown>>>>;
    assert.deepEqual(name, { type: ['string', 'null'] });
    assert.deepEqual(parent, { description: 'As above.' }, 'a schema within itself has an end');
  });

  it('says what it has skipped, and why', async () => {
    assert.deepEqual((await plan(birds)).skipped, [
      { operation: 'PUT /photos', reason: 'its body has to be image/png, which tools cannot send' },
    ]);
    const relative = await plan(changed("'https://{region}.birds.example/v1/'", '/v1'));
    assert.match(relative.skipped[0]?.reason ?? '', /base_url has to say/);
    const own = await plan(changed("'https://{region}.birds.example/v1/'", '/v1'), { baseUrl: 'http://localhost:1/api/' });
    assert.equal(own.planned[0]?.definition.url, 'http://localhost:1/api/ponds/{pond}/birds');
    const remote = await plan(
      changed("'#/components/schemas/Bird'}}\n      responses: {'201'", "'https://x.example/y'}}\n      responses: {'201'"),
    );
    assert.match(remote.skipped[0]?.reason ?? '', /other documents are not fetched/);
  });

  it('takes only the operations that are chosen', async () => {
    const names = async (options: Partial<OpenApiOptions>) => (await plan(birds, options)).planned.map(({ name }) => name);
    assert.deepEqual(await names({ include: { ...none, tags: ['read'] } }), ['list_birds']);
    assert.deepEqual(await names({ include: { ...none, operationIds: ['list birds'] } }), ['list_birds']);
    assert.deepEqual(await names({ include: { ...none, paths: ['/ponds/*'] }, exclude: { ...none, tags: ['read'] } }), [
      'post_ponds_pond_birds',
    ]);
    assert.deepEqual(await names({ include: { ...none, paths: ['/ponds'] } }), []);
    assert.deepEqual(await names({ include: { ...none, tags: ['read'] }, namePrefix: 'b_' }), ['b_list_birds']);
  });

  it('has an end for a document whose schemas multiply', async () => {
    const schemas = Object.fromEntries(
      Array.from({ length: 30 }, (_, n) => {
        const next = { $ref: `#/components/schemas/S${n + 1}` };
        return [`S${n}`, { type: 'object', properties: { a: next, b: next } }];
      }),
    );
    const document = {
      openapi: '3.1.0',
      info: { title: 'Many', version: '1' },
      servers: [{ url: 'https://many.example' }],
      paths: {
        '/': { post: { requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/S0' } } } }, responses: {} } },
      },
      components: { schemas: { ...schemas, S30: { type: 'string' } } },
    };
    const { planned } = await plan(document);
    assert.ok(JSON.stringify(planned[0]?.parameters).length < 500_000);
  });
});

describe('readOpenApi', () => {
  it('says what is wrong with a document', async () => {
    for (const [given, reason] of [
      ['a: b: c', /neither JSON nor YAML/],
      ['[]', /no object/],
      ['{"swagger": "2.0"}', /only OpenAPI 3\.0 and 3\.1/],
      ['{"openapi": "3.0.0"}', /required property 'info'/],
      ['{"openapi": "3.1.0", "info": {"title": "a", "version": "1"}, "paths": {"x": {}}}', /paths/],
      [
        'a: &a [x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\n',
        /neither JSON nor YAML/,
      ],
    ] as const) {
      const read = await readOpenApi(given);
      assert.ok(read.kind === 'fault', given);
      assert.match(read.reason, reason);
    }
  });
});
