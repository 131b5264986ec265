import type { DataSource } from 'typeorm';

/** Any number; processes that start at the same time take turns by it. */
const lockKey = 7_203_104;

/** Brings the schema to this version. Safe to call by several processes at once. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const runner = dataSource.createQueryRunner();
  try {
    await runner.connect();
    await runner.query('select pg_advisory_lock($1)', [lockKey]);
    try {
      await runner.query('create extension if not exists vector');
      await dataSource.runMigrations();
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [lockKey]);
    }
  } finally {
    await runner.release();
  }
}
