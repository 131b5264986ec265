import type { DataSource, QueryRunner } from 'typeorm';

/** A place to run SQL: the pool, or one transaction on one connection. Rows are returned for every kind of statement. */
export interface Database {
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

export interface TransactionalDatabase extends Database {
  /** Commits when `work` resolves, rolls back when it throws. Never await anything but the database in it. */
  transaction<Result>(work: (transaction: Database) => Promise<Result>): Promise<Result>;
}

/** The one way in which repositories run statements of their own. */
export function createDatabase(dataSource: DataSource): TransactionalDatabase {
  return {
    async query(sql, parameters) {
      const runner = dataSource.createQueryRunner();
      try {
        return await records(runner, sql, parameters);
      } finally {
        await runner.release();
      }
    },
    async transaction(work) {
      const runner = dataSource.createQueryRunner();
      try {
        await runner.startTransaction();
        const result = await work({ query: (sql, parameters) => records(runner, sql, parameters) });
        await runner.commitTransaction();
        return result;
      } catch (error) {
        if (runner.isTransactionActive) await runner.rollbackTransaction().catch(() => undefined);
        throw error;
      } finally {
        await runner.release();
      }
    },
  };
}

/** TypeORM answers updates with `[rows, count]` unless it is asked for its structured result. */
async function records<Row>(runner: QueryRunner, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
  const result = await runner.query(sql, [...parameters], true);
  return result.records as Row[];
}
