import assert from 'node:assert/strict';
import { createDatabase } from '../../src/repositories/database.js';
import { createDataSource } from '../../src/repositories/data-source.js';
import { createTestDatabase } from '../support/services.js';

describe('prepared statements', () => {
  async function connect(prepare: boolean) {
    const { url } = await createTestDatabase();
    const source = createDataSource({ url, poolSize: 1, onPoolError: () => undefined });
    await source.initialize();
    return { source, database: createDatabase(source, { prepare }) };
  }
  const prepared = 'select count(*)::int as n from pg_prepared_statements';

  it('are planned once a connection, and only where they are wanted', async () => {
    for (const [prepare, expected] of [
      [true, 1],
      [false, 0],
    ] as const) {
      const { source, database } = await connect(prepare);
      for (let i = 0; i < 3; i++) assert.deepEqual(await database.query('select $1::int as n', [i]), [{ n: i }]);
      assert.deepEqual(await database.query(prepared), [{ n: expected }]);
      await source.destroy();
    }
  });

  it('are planned anew when a migration has changed their columns, and run once', async () => {
    const { source, database } = await connect(true);
    await database.query('create table things (id int)');
    const insert = () => database.query('insert into things (id) values ($1) returning *', [1]);
    assert.deepEqual(await insert(), [{ id: 1 }]);
    await database.query("alter table things add column name text default 'x'");
    assert.deepEqual(await insert(), [{ id: 1, name: 'x' }]);
    assert.deepEqual(await insert(), [{ id: 1, name: 'x' }]);
    assert.deepEqual(await database.query('select count(*)::int as n from things'), [{ n: 3 }]);
    await source.destroy();
  });
});
