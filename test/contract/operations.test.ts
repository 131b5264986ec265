import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { packageFile } from '../../src/config/version.js';
import { notServedOperations } from '../../src/contract/not-served.js';
import { sharedStack } from '../support/stack.js';

interface V1Operation {
  readonly method: string;
  readonly path: string;
  readonly operationId: string;
  readonly query: readonly string[];
  readonly body: readonly string[];
  readonly response: readonly string[];
}

interface JsonSchema {
  readonly $ref?: string;
  readonly type?: unknown;
  readonly items?: JsonSchema;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly anyOf?: readonly JsonSchema[];
}

interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly { readonly in: string; readonly name: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonSchema }>> };
  readonly responses: Readonly<Record<string, { readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>> }>>;
}

/** Fewer with every version: whoever takes an operation off the list lowers the number. */
const mostNotServed = 61;

const v1 = JSON.parse(readFileSync(packageFile('test/contract/v1-operations.json'), 'utf8')) as readonly V1Operation[];
const keyOf = (operation: { readonly method: string; readonly path: string }): string => `${operation.method} ${operation.path}`;

describe('the contract', () => {
  let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  let url: string;

  before(async () => {
    ({ url } = await sharedStack());
    ({ paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: typeof paths });
  });

  it('has every operation of V1, served or on the list of those that are not, and none on both', () => {
    const served = new Set(Object.entries(paths).flatMap(([path, methods]) => Object.keys(methods).map(method => `${method} ${path}`)));
    const listed = new Set(notServedOperations.map(keyOf));
    for (const operation of v1) {
      assert.notEqual(served.has(keyOf(operation)), listed.has(keyOf(operation)), keyOf(operation));
    }
    for (const key of listed)
      assert.ok(
        v1.some(operation => keyOf(operation) === key),
        `${key} is no operation of V1`,
      );
    assert.ok(listed.size <= mostNotServed, 'the list only shrinks');
  });

  for (const operation of v1.filter(candidate => !notServedOperations.some(other => keyOf(other) === keyOf(candidate)))) {
    it(`${operation.operationId} has the name, parameters, members and answer of V1`, () => {
      const ours = paths[operation.path]?.[operation.method];
      assert.ok(ours !== undefined);
      assert.equal(ours.operationId, operation.operationId);
      const query = (ours.parameters ?? []).filter(parameter => parameter.in === 'query').map(parameter => parameter.name);
      assertHolds(query, operation.query, 'query parameters');
      const body = ours.requestBody?.content['application/json'] ?? ours.requestBody?.content['multipart/form-data'];
      assertHolds(membersOf(body?.schema), operation.body, 'members of the request');
      assertHolds(membersOf(ours.responses['200']?.content?.['application/json']?.schema), operation.response, 'members of the answer');
    });
  }

  it('answers 501 to every operation that it does not serve', async () => {
    for (const { method, path } of notServedOperations) {
      const response = await fetch(`${url}${path.replaceAll(/\{\w+\}/g, 'x')}`, { method: method.toUpperCase() });
      assert.equal(response.status, 501, `${method} ${path}`);
    }
  });
});

function assertHolds(ours: readonly string[], theirs: readonly string[], what: string): void {
  assert.deepEqual(
    theirs.filter(name => !ours.includes(name)),
    [],
    `${what} that are missing`,
  );
}

function membersOf(schema: JsonSchema | undefined): readonly string[] {
  if (schema === undefined) return [];
  if (schema.items !== undefined) return membersOf(schema.items);
  return Object.keys(schema.properties ?? {});
}
