import 'reflect-metadata';
import assert from 'node:assert/strict';
import pg from 'pg';
import { createDataSource } from '../../src/repositories/data-source.js';
import { migrate, migrationLock } from '../../src/repositories/migrate.js';
import { waitFor } from '../support/approval-world.js';
import { createTestDatabase } from '../support/services.js';

describe('migrating', () => {
  it('waits for another process that migrates, for longer than any other statement may take', async () => {
    const place = await createTestDatabase();
    const other = new pg.Client({ connectionString: place.url });
    const source = createDataSource({ url: place.url, poolSize: 1, onPoolError: () => undefined, statementTimeoutMs: 100 });
    await Promise.all([other.connect(), source.initialize()]);
    try {
      await other.query('select pg_advisory_lock($1)', [migrationLock]);
      const migrated = migrate(source);
      await waitFor(async () => {
        const { rowCount } = await other.query(
          `select from pg_locks where locktype = 'advisory' and not granted and database = (select oid from pg_database where datname = current_database())`,
        );
        return rowCount === 1;
      });
      await assert.rejects(source.query('select pg_sleep(60)'), /statement timeout/);
      await other.query('select pg_advisory_unlock($1)', [migrationLock]);
      await migrated;
      assert.ok((await other.query('select from schema_migrations')).rowCount);
    } finally {
      await Promise.all([other.end(), source.destroy()]);
      await place.drop();
    }
  });
});
