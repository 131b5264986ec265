import 'reflect-metadata';
import type { VectorPoint } from '../../src/domain/vectors/vector-store.js';
import { createPgvectorStore } from '../../src/repositories/pgvector-store.js';
import type { TransactionalDatabase } from '../../src/repositories/database.js';
import { toVectorLiteral } from '../../src/repositories/vector.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { describeVectorStore } from '../support/vector-store-conformance.js';
import type { StoreUnderTest } from '../support/vector-store-conformance.js';

describe('createPgvectorStore', () => {
  let underTest: StoreUnderTest;
  let opened: TestDatabase;

  before(async () => {
    opened = await openTestDatabase();
    const { database } = opened;
    underTest = {
      ...createPgvectorStore(database, { efSearch: 200, maxScanTuples: 40_000 }),
      async write(_, points, forgotten) {
        for (const { id } of forgotten) await database.query('delete from passages where id = $1', [id]);
        await insert(database, points);
      },
    };
  });
  after(() => opened.close());

  describeVectorStore('pgvector', () => underTest);
});

async function insert(database: TransactionalDatabase, points: readonly VectorPoint[]): Promise<void> {
  const rows = points.map(({ vector, ...point }) => ({ ...point, vector: toVectorLiteral(vector), dimension: vector.length }));
  await database.query(
    `insert into organizations (id, name) select distinct x."organizationId", 'vectors' from jsonb_to_recordset($1::jsonb) as x("organizationId" text)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
  await database.query(
    `insert into archives (id, organization_id, name)
     select distinct on (x."ownerId") x."ownerId", x."organizationId", 'vectors' from jsonb_to_recordset($1::jsonb) as x("ownerId" text, "organizationId" text)
     on conflict do nothing`,
    [JSON.stringify(rows)],
  );
  await database.query(
    `insert into passages (id, organization_id, archive_id, text, embedding, embedding_dim, tags, created_at)
     select x.id, x."organizationId", x."ownerId", 'text', x.vector::vector, x.dimension, array(select jsonb_array_elements_text(x.tags)), x."createdAt"
       from jsonb_to_recordset($1::jsonb)
         as x(id text, "organizationId" text, "ownerId" text, vector text, dimension int, tags jsonb, "createdAt" timestamptz)
     on conflict (id) do update set embedding = excluded.embedding, embedding_dim = excluded.embedding_dim, tags = excluded.tags`,
    [JSON.stringify(rows)],
  );
}
