import { createDatabase } from '../../src/repositories/database.js';
import type { TransactionalDatabase } from '../../src/repositories/database.js';
import { createDataSource } from '../../src/repositories/data-source.js';
import { migrate } from '../../src/repositories/migrate.js';
import { createTestDatabase } from './services.js';

export interface TestDatabase {
  readonly url: string;
  readonly database: TransactionalDatabase;
  close(): Promise<void>;
}

/** An empty database of its own with the schema, for repositories that need no server around them. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const created = await createTestDatabase();
  const source = createDataSource({ url: created.url, poolSize: 5, onPoolError: () => undefined });
  await source.initialize();
  await migrate(source);
  return {
    url: created.url,
    database: createDatabase(source, { prepare: true }),
    async close() {
      await source.destroy();
      await created.drop();
    },
  };
}
