import { randomUUID } from 'node:crypto';
import type { VectorPoint } from '../../src/domain/vectors/vector-store.js';
import type { Database } from '../../src/repositories/database.js';
import { toVectorLiteral } from '../../src/repositories/vector.js';

/** Puts points into the record as passages, with the archives and organizations that they name. */
export async function putPassages(database: Database, points: readonly VectorPoint[]): Promise<void> {
  const rows = points.map(({ vector, ...point }) => ({ ...point, vector: toVectorLiteral(vector), dimension: vector.length }));
  const parameters = [JSON.stringify(rows)];
  await database.query(
    `insert into organizations (id, name) select distinct x."organizationId", 'vectors' from jsonb_to_recordset($1::jsonb) as x("organizationId" text)
     on conflict do nothing`,
    parameters,
  );
  await database.query(
    `insert into archives (id, organization_id, name)
     select distinct on (x."ownerId") x."ownerId", x."organizationId", 'vectors' from jsonb_to_recordset($1::jsonb) as x("ownerId" text, "organizationId" text)
     on conflict do nothing`,
    parameters,
  );
  await database.query(
    `insert into passages (id, organization_id, archive_id, text, embedding, embedding_dim, tags, created_at)
     select x.id, x."organizationId", x."ownerId", x.id, x.vector::vector, x.dimension, array(select jsonb_array_elements_text(x.tags)), x."createdAt"
       from jsonb_to_recordset($1::jsonb)
         as x(id text, "organizationId" text, "ownerId" text, vector text, dimension int, tags jsonb, "createdAt" timestamptz)
     on conflict (id) do update set embedding = excluded.embedding, embedding_dim = excluded.embedding_dim, tags = excluded.tags`,
    parameters,
  );
}

/** What the record holds, as a store that was told of everything holds it. */
export async function recordedPoints(database: Database): Promise<string[]> {
  const rows = await database.query<{ key: string }>(
    `select 'passages ' || embedding_dim || ' ' || id as key from passages where embedding_dim is not null`,
  );
  return rows.map(({ key }) => key).sort();
}

export function newPoint(vector: readonly number[], more: Partial<VectorPoint> = {}): VectorPoint {
  return {
    id: `passage-${randomUUID()}`,
    vector,
    organizationId: 'org-a',
    ownerId: 'archive-a',
    conversationId: null,
    role: null,
    tags: [],
    createdAt: new Date('2026-01-01T00:00:00.000Z'),
    ...more,
  };
}
