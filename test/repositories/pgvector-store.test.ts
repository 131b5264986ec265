import 'reflect-metadata';
import { createPgvectorStore } from '../../src/repositories/pgvector-store.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { putPassages } from '../support/passage-rows.js';
import { describeVectorStore } from '../support/vector-store-conformance.js';
import type { StoreUnderTest } from '../support/vector-store-conformance.js';

describe('createPgvectorStore', () => {
  /** What goes by the index for everything, and what compares all vectors of so small a table. */
  for (const [name, exactNumbers] of [
    ['pgvector', 0],
    ['pgvector, exactly', 1_000_000_000],
  ] as const) {
    let underTest: StoreUnderTest;
    let opened: TestDatabase;

    before(async () => {
      opened = await openTestDatabase();
      const { database } = opened;
      underTest = {
        ...createPgvectorStore(database, { efSearch: 200, maxScanTuples: 40_000, exactNumbers }),
        async write(_, points, forgotten) {
          for (const { id } of forgotten) await database.query('delete from passages where id = $1', [id]);
          await putPassages(database, points);
        },
      };
    });
    after(() => opened.close());

    describeVectorStore(name, () => underTest);
  }
});
