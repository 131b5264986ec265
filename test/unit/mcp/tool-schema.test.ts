import assert from 'node:assert/strict';
import { checkTool } from '../../../src/domain/mcp/mcp-tool.js';

const of = (inputSchema: unknown) => checkTool({ name: 'tool', inputSchema });

describe('checkTool', () => {
  it('takes a tool without a schema for one without arguments', () => {
    const { inputSchema, health } = of(undefined);
    assert.deepEqual(inputSchema, { type: 'object', properties: {}, required: [], additionalProperties: false });
    assert.equal(health.status, 'STRICT_COMPLIANT');
  });

  it('puts what references name in their place, closes objects, merges allOf, and names each form of anyOf once', () => {
    const { inputSchema } = of({
      $schema: 'x',
      properties: {
        place: { $ref: '#/$defs/place', description: 'Where.' },
        both: { allOf: [{ properties: { a: { type: 'string' } }, required: ['a'] }, { properties: { b: { type: 'number' } } }] },
        either: { anyOf: [{ type: 'string' }, { type: 'string' }, { type: 'null' }] },
      },
      required: ['place'],
      $defs: { place: { type: 'object', properties: { city: { type: 'string' } } } },
    });
    assert.deepEqual(inputSchema, {
      type: 'object',
      properties: {
        place: {
          type: 'object',
          additionalProperties: false,
          properties: { city: { type: 'string' } },
          description: 'Where.',
          required: [],
        },
        both: {
          type: 'object',
          additionalProperties: false,
          properties: { a: { type: 'string' }, b: { type: 'number' } },
          required: ['a'],
        },
        either: { anyOf: [{ type: 'string' }, { type: 'null' }] },
      },
      required: ['place'],
      additionalProperties: false,
    });
  });

  it('leaves objects open that name no properties, which strict mode does not take', () => {
    const { inputSchema, health } = of({ properties: { any: { type: 'object' } } });
    assert.deepEqual((inputSchema['properties'] as Record<string, unknown>)['any'], { type: 'object' });
    assert.deepEqual(health, { status: 'NON_STRICT_ONLY', reasons: ["root.any: 'additionalProperties' is not false"] });
  });

  it('ends also where a schema refers to itself', () => {
    const tree = { type: 'object', properties: { child: { $ref: '#/$defs/tree' } } };
    assert.notEqual(of({ properties: { root: { $ref: '#/$defs/tree' } }, $defs: { tree } }).health.status, 'INVALID');
  });

  it('stays small where a few references stand for millions of parts', () => {
    const level = (next: string) => ({
      type: 'object',
      properties: Object.fromEntries([...'abcdefghij'].map(key => [key, { $ref: `#/$defs/${next}` }])),
    });
    const $defs = Object.fromEntries([...'123456789'].map(n => [n, level(String(Number(n) + 1))]));
    const { inputSchema } = of({ properties: { root: { $ref: '#/$defs/1' } }, $defs: { ...$defs, 10: { type: 'string' } } });
    assert.ok(JSON.stringify(inputSchema).length < 1_000_000);
  });

  for (const { what, schema, reason } of [
    { what: 'a missing type', schema: { properties: { a: {} } }, reason: "root.a: 'type' is missing" },
    { what: 'an array without items', schema: { properties: { a: { type: 'array' } } }, reason: "root.a: 'items' is missing" },
    { what: 'required of what is not there', schema: { required: ['b'] }, reason: "root: 'required' names 'b', which is no property" },
    {
      what: 'a required object that takes nothing',
      schema: { properties: { a: { type: 'object', properties: {} } }, required: ['a'] },
      reason: 'root.a: is required, but takes nothing except an empty value',
    },
    { what: 'a reference that leads nowhere', schema: { properties: { a: { $ref: '#/$defs/b' } } }, reason: 'leads nowhere' },
    { what: 'another type than object', schema: { type: 'string' }, reason: "root: 'type' has to be 'object'" },
    { what: 'properties that are none', schema: { properties: [] }, reason: "root: 'properties' is no object" },
  ]) {
    it(`finds ${what} invalid`, () => {
      const { health } = of(schema);
      assert.equal(health.status, 'INVALID');
      assert.ok(health.reasons.join().includes(reason), health.reasons.join());
    });
  }
});
