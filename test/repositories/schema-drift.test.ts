import 'reflect-metadata';
import assert from 'node:assert/strict';
import { createDataSource } from '../../src/repositories/data-source.js';
import { migrate } from '../../src/repositories/migrate.js';
import { createTestDatabase } from '../support/services.js';

describe('the migrations', () => {
  it('make the schema that the entities describe, and can be run twice and at the same time', async () => {
    const database = await createTestDatabase();
    const sources = [1, 2].map(() => createDataSource({ url: database.url, poolSize: 2, onPoolError: () => undefined }));
    await Promise.all(sources.map(source => source.initialize()));
    try {
      await Promise.all(sources.map(source => migrate(source)));
      const [source] = sources;
      assert.ok(source !== undefined);
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      assert.deepEqual(
        upQueries.map(query => query.query),
        [],
      );
      for (const _ of source.migrations) await source.undoLastMigration();
      const left: unknown[] = await source.query(
        "select tablename from pg_tables where schemaname = 'public' and tablename <> 'schema_migrations'",
      );
      assert.deepEqual(left, []);
    } finally {
      await Promise.all(sources.map(source => source.destroy()));
      await database.drop();
    }
  });
});
