import { createHash } from 'node:crypto';
import type { PoolClient } from 'pg';
import type { DataSource, QueryRunner } from 'typeorm';

/** A place to run SQL: the pool, or one transaction on one connection. Rows are returned for every kind of statement. */
export interface Database {
  query<Row>(sql: string, parameters?: readonly unknown[]): Promise<Row[]>;
}

export interface TransactionalDatabase extends Database {
  /** Commits when `work` resolves, rolls back when it throws. Never await anything but the database in it. */
  transaction<Result>(work: (transaction: Database) => Promise<Result>): Promise<Result>;
}

export interface DatabaseOptions {
  /** Each connection plans a statement once. Not behind a pooler that hands connections from one transaction to the next and knows nothing of it. */
  readonly prepare: boolean;
}

/** The one way in which repositories run statements of their own. */
export function createDatabase(dataSource: DataSource, { prepare }: DatabaseOptions): TransactionalDatabase {
  const names = createStatementNames();
  const run = async <Row>(runner: QueryRunner, sql: string, parameters: readonly unknown[] = []): Promise<Row[]> => {
    const client = (await runner.connect()) as PoolClient;
    const statement = { text: sql, values: [...parameters] };
    const isNamed = prepare && parameters.length > 0;
    try {
      const { rows } = await client.query(isNamed ? { ...statement, name: names.of(sql) } : statement);
      return rows as Row[];
    } catch (error) {
      if (!isNamed || !isOutdatedPlan(error)) throw error;
      names.renew();
      if (runner.isTransactionActive) throw error;
      return (await client.query(statement)).rows as Row[];
    }
  };
  return {
    async query(sql, parameters) {
      const runner = dataSource.createQueryRunner();
      try {
        return await run(runner, sql, parameters);
      } finally {
        await runner.release();
      }
    },
    async transaction(work) {
      const runner = dataSource.createQueryRunner();
      try {
        await runner.startTransaction();
        const result = await work({ query: (sql, parameters) => run(runner, sql, parameters) });
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

/** One name for each text; other ones after a renewal, so that every connection plans anew. */
function createStatementNames() {
  const names = new Map<string, string>();
  let generation = 0;
  return {
    of(sql: string): string {
      let name = names.get(sql);
      if (name === undefined) {
        name = createHash('sha256').update(`${generation} ${sql}`).digest('base64url').slice(0, 22);
        names.set(sql, name);
      }
      return name;
    },
    renew(): void {
      generation += 1;
      names.clear();
    },
  };
}

/** A migration has changed the columns of a plan that a connection holds. Nothing has run then. */
function isOutdatedPlan(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '0A000' && error.message.includes('cached plan');
}
