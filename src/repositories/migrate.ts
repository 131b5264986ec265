import type { DataSource } from 'typeorm';
import { withoutLimits } from './data-source.js';

/** Any number; processes that start at the same time take turns by it. */
export const migrationLock = 7_203_104;

/** Brings the schema to this version, however long that takes. Safe to call by several processes at once. */
export async function migrate(dataSource: DataSource): Promise<void> {
  await withoutLimits(dataSource, async unlimited => {
    const runner = unlimited.createQueryRunner();
    try {
      await runner.connect();
      await runner.query('select pg_advisory_lock($1)', [migrationLock]);
      try {
        await runner.query('create extension if not exists vector');
        await unlimited.runMigrations();
      } finally {
        await runner.query('select pg_advisory_unlock($1)', [migrationLock]);
      }
    } finally {
      await runner.release();
    }
  });
}
