import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { packageFile } from '../../src/config/version.js';
import { searchAttributeKeys } from '../../src/workflows/search-attributes.js';

interface Compose {
  readonly services: Readonly<
    Record<string, { readonly image: string; readonly command?: readonly string[]; readonly ports?: readonly string[] }>
  >;
}

describe('temporal-dev.yml', () => {
  const compose = parse(readFileSync(packageFile('temporal-dev.yml'), 'utf8')) as Compose;

  it('holds Temporal, Postgres with pgvector and Redis, reachable from this machine alone', () => {
    assert.deepEqual(Object.keys(compose.services).sort(), ['postgres', 'redis', 'temporal']);
    assert.match(compose.services['postgres']?.image ?? '', /pgvector/);
    for (const service of Object.values(compose.services)) for (const port of service.ports ?? []) assert.match(port, /^127\.0\.0\.1:/);
  });

  it('registers the search attributes of the workflows', () => {
    const command = compose.services['temporal']?.command ?? [];
    for (const key of searchAttributeKeys) assert.ok(command.includes(`--search-attribute=${key.name}=Keyword`), key.name);
  });
});
