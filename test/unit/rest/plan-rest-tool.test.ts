import assert from 'node:assert/strict';
import { planRestTool, retryClassOf } from '../../../src/domain/rest/plan-rest-tool.js';
import type { RestTemplate } from '../../../src/domain/rest/plan-rest-tool.js';
import { body, parameter, template } from '../../support/rest-world.js';

describe('planRestTool', () => {
  it('makes one flat object of all that a request has of arguments', () => {
    const { parameters, definition } = planRestTool(
      template({
        method: 'POST',
        url: 'https://birds.example/ponds/{pond}/herons',
        parameters: [
          parameter('pond', 'path', { description: 'Which pond.', schema: { type: 'integer' } }),
          parameter('X-Trace', 'header', { schema: { type: 'string', description: 'Of its own.' }, description: 'Of the parameter.' }),
        ],
        body: body({ type: 'object', required: ['name'], properties: { name: { type: 'string' }, age: { type: 'integer' } } }),
      }),
    );
    assert.deepEqual(parameters, {
      type: 'object',
      properties: {
        pond: { type: 'integer', description: 'Which pond.' },
        'X-Trace': { type: 'string', description: 'Of its own.' },
        name: { type: 'string' },
        age: { type: 'integer' },
      },
      required: ['pond', 'name'],
      additionalProperties: false,
    });
    assert.deepEqual(
      definition.body?.members?.map(({ name, argument }) => [name, argument]),
      [
        ['name', 'name'],
        ['age', 'age'],
      ],
    );
  });

  it('gives each of several values of one name a name of its own, and none that the loop reads itself', () => {
    const { parameters } = planRestTool(
      template({
        method: 'POST',
        url: 'https://birds.example/{id}',
        parameters: [
          parameter('id', 'path'),
          parameter('id', 'query'),
          parameter('filter[name]', 'query'),
          parameter('filter-name', 'query', { argument: 'filter_name' }),
          parameter('request_heartbeat', 'query'),
          parameter('body_id', 'query'),
        ],
        body: body({ properties: { id: {}, thinking: {} } }),
      }),
    );
    assert.deepEqual(Object.keys(parameters['properties'] as object), [
      'id',
      'query_id',
      'query_filter_name',
      'filter_name',
      'query_request_heartbeat',
      'body_id',
      'id_2',
      'body_thinking',
    ]);
  });

  it('takes a body as one argument that is no object of known properties', () => {
    for (const schema of [{ type: 'array' }, { oneOf: [{}] }, { type: 'object' }, { properties: { a: {} }, additionalProperties: true }]) {
      const { parameters } = planRestTool(template({ method: 'POST', body: body(schema) }));
      assert.deepEqual(Object.keys(parameters['properties'] as object), ['body'], JSON.stringify(schema));
      assert.deepEqual(parameters['required'], ['body']);
    }
  });

  it('puts an object together of the parts that it is composed of, without what only the server writes', () => {
    const { parameters } = planRestTool(
      template({
        method: 'PUT',
        body: body({
          allOf: [
            { properties: { id: { readOnly: true }, name: {} }, required: ['name'] },
            { properties: { age: {} }, required: ['age'] },
          ],
        }),
      }),
    );
    assert.deepEqual(
      [Object.keys(parameters['properties'] as object), parameters['required']],
      [
        ['name', 'age'],
        ['name', 'age'],
      ],
    );
  });

  it('says what is wrong with a request', () => {
    const wrong: readonly (readonly [Partial<RestTemplate>, RegExp])[] = [
      [{ url: 'herons' }, /no URL/],
      [{ url: 'ftp://birds.example' }, /Only http and https/],
      [{ url: 'https://heron:fish@birds.example' }, /belong into 'auth'/],
      [{ url: 'https://birds.example/?a=b' }, /belongs into 'query'/],
      [{ url: 'https://{host}.example/', parameters: [parameter('host', 'path')] }, /host of a URL cannot be an argument/],
      [{ url: 'https://birds.example/{id}' }, /\{id\}, which no parameter/],
      [{ url: 'https://birds.example/{id' }, /braces/],
      [{ parameters: [parameter('id', 'path')] }, /has no \{id\}/],
      [{ parameters: [parameter('a', 'query'), parameter('a', 'query')] }, /there twice/],
      [{ parameters: [parameter('a', 'header', { style: 'form' })] }, /no style 'form'/],
      [{ parameters: [parameter('Authorization', 'header')] }, /belongs into 'auth'/],
      [{ parameters: [parameter('Host', 'header')] }, /not for tools to set/],
      [{ parameters: [parameter('a b', 'header')] }, /no name of a header/],
      [{ parameters: [parameter('a', 'query', { argument: 'thinking' })] }, /'thinking' is taken/],
      [{ headers: { Authorization: 'Bearer key' } }, /belongs into 'auth'/],
      [{ headers: { 'x-a': 'a\r\nx-b: b' } }, /more than one line/],
      [{ body: body({}) }, /A GET request has no body/],
      [{ method: 'POST', pagination: { kind: 'link_header', items: '', maxPages: 2 } }, /pages of a GET/],
    ];
    for (const [changes, message] of wrong) {
      assert.throws(() => planRestTool(template(changes)), { kind: 'unprocessable', message }, message.source);
    }
  });

  it('has no request sent again whose method does not promise that this does no harm', () => {
    const classOf = (method: RestTemplate['method'], idempotencyHeader: string | null = null): string =>
      retryClassOf({ method, idempotencyHeader });
    assert.deepEqual(
      [
        classOf('GET'),
        classOf('HEAD'),
        classOf('PUT'),
        classOf('DELETE'),
        classOf('POST'),
        classOf('PATCH'),
        classOf('POST', 'Idempotency-Key'),
      ],
      ['always', 'always', 'on_interrupt', 'on_interrupt', 'never', 'never', 'on_interrupt'],
    );
  });
});
