import type { IndexState, IndexStatus } from '../domain/vectors/carrying.js';
import type { VectorCollection, VectorStoreName } from '../domain/vectors/vector-store.js';
import type { Database, TransactionalDatabase } from './database.js';
import { pointTables } from './vector-points.js';

/** What is to be done for a store, as whoever holds its lease reads it. */
export interface LeasedIndex {
  readonly state: IndexState;
  /** Null before it was emptied to be filled. */
  readonly fillCollection: VectorCollection | null;
  readonly fillAfter: string;
  /** A leaving store that nobody searches any more. */
  readonly isGone: boolean;
  /** A store in use whose counts were last compared with the record's long ago. */
  readonly isToBeCompared: boolean;
}

export interface Lease {
  readonly store: VectorStoreName;
  readonly token: string;
}

/** Longer than any process goes on to search the store that it last read of, in seconds. */
const graceSeconds = 5;
/** For so long a store that was left is asked to empty itself. */
const patienceHours = 1;
/** How often a store in use is compared with the record. */
const comparedMinutes = 10;
/** Changes that wait are counted up to here: anybody may ask, and there may be millions. */
const countedChanges = 10_000;

export function createVectorIndexesRepository(database: TransactionalDatabase) {
  return {
    /** The store that searches use; null = Postgres itself. */
    async active(): Promise<VectorStoreName | null> {
      const rows = await database.query<{ name: VectorStoreName }>(`select name from vector_indexes where state = 'active'`);
      return rows[0]?.name ?? null;
    },

    /** Forgets a store that was left and could not be emptied for long: it may be gone for good. False when it is told of nothing any more. */
    async isTold(store: VectorStoreName): Promise<boolean> {
      await database.query(
        `with gone as (
           delete from vector_indexes where name = $1 and state = 'leaving' and leaves_at < now() - interval '${patienceHours} hours' returning name)
         delete from vector_changes using gone where store = gone.name`,
        [store],
      );
      return (await database.query('select from vector_indexes where name = $1', [store])).length > 0;
    },

    async names(): Promise<VectorStoreName[]> {
      return (await database.query<{ name: VectorStoreName }>('select name from vector_indexes order by name')).map(({ name }) => name);
    },

    async statuses(): Promise<IndexStatus[]> {
      return database.query<IndexStatus>(
        `select i.name, i.state, i.filled, i.last_error as "lastError",
                (select count(*) from (select from vector_changes c where c.store = i.name limit ${countedChanges}) counted)::int as pending,
                (select count(*) from (select from vector_changes c where c.store = i.name and c.refusal is not null limit ${countedChanges}) counted)::int as refused,
                (select extract(epoch from now() - c.created_at) from vector_changes c where c.store = i.name order by c.seq limit 1)::float8 as "lagSeconds"
           from vector_indexes i order by i.name`,
      );
    },

    /**
     * Makes a store the next one that searches use: it is told of every change from now on, and filled from the record. The lock waits for the transactions
     * that are changing vectors and know nothing of the store; what they commit is found when it is filled. Another store that was being filled leaves. A store
     * that is in use stays as it is, unless it is to be filled again.
     */
    async moveTo(store: VectorStoreName | null, { refill = false } = {}): Promise<void> {
      await database.transaction(async transaction => {
        await transaction.query(`set local lock_timeout = '10s'`);
        for (const { table } of Object.values(pointTables)) await transaction.query(`lock table ${table} in share row exclusive mode`);
        if (store === null) await leave(transaction, `true`, []);
        else {
          await leave(transaction, `state = 'filling' and name <> $1`, [store]);
          await transaction.query(
            `insert into vector_indexes (name, state) values ($1, 'filling') on conflict (name) do update
               set state = 'filling', fill_collection = null, fill_after = '', filled = 0, leaves_at = null
             where vector_indexes.state = 'leaving' or $2::boolean`,
            [store, refill],
          );
        }
      });
    },

    /** Null when the store is not told of changes any more, or somebody else holds the lease. */
    async lease({ store, token }: Lease, ms: number): Promise<LeasedIndex | null | 'held'> {
      const rows = await database.query<LeasedIndex>(
        `update vector_indexes set lease_token = $2, leased_until = now() + make_interval(secs => $3::float8 / 1000)
          where name = $1 and (lease_token is null or lease_token = $2 or leased_until < now())
          returning state, fill_collection as "fillCollection", fill_after as "fillAfter",
                    (state = 'leaving' and coalesce(leaves_at, now()) <= now()) as "isGone",
                    (state = 'active' and coalesce(compared_at < now() - interval '${comparedMinutes} minutes', true)) as "isToBeCompared"`,
        [store, token, ms],
      );
      if (rows[0] !== undefined) return rows[0];
      const exists = await database.query('select from vector_indexes where name = $1', [store]);
      return exists.length === 0 ? null : 'held';
    },

    /** Lets others take over at once, and notes how the last try went. */
    async release({ store, token }: Lease, error: string | null): Promise<void> {
      await database.query('update vector_indexes set lease_token = null, last_error = $3 where name = $1 and lease_token = $2', [
        store,
        token,
        error,
      ]);
    },

    /** Where filling goes on; false when the lease was lost. */
    async noteFill(
      { store, token }: Lease,
      place: { readonly collection: VectorCollection; readonly after: string; readonly more: number },
    ) {
      const rows = await database.query(
        `update vector_indexes set fill_collection = $3, fill_after = $4, filled = filled + $5
          where name = $1 and lease_token = $2 and state = 'filling' returning name`,
        [store, token, place.collection, place.after, place.more],
      );
      return rows.length > 0;
    },

    /** Searches use the store from now on; the one before leaves. */
    async activate({ store, token }: Lease): Promise<void> {
      await database.transaction(async transaction => {
        const mine = await transaction.query(
          `select from vector_indexes where name = $1 and lease_token = $2 and state = 'filling' for update`,
          [store, token],
        );
        if (mine.length === 0) return;
        await leave(transaction, `state = 'active'`, []);
        await transaction.query(`update vector_indexes set state = 'active' where name = $1`, [store]);
      });
    },

    /** Begins to fill the store once more: it does not hold what the record does. Searches use Postgres until it does. */
    async refill({ store, token }: Lease): Promise<void> {
      await database.query(
        `update vector_indexes set state = 'filling', fill_collection = null, fill_after = '', filled = 0
          where name = $1 and lease_token = $2 and state in ('filling', 'active')`,
        [store, token],
      );
    },

    /** That the store holds what the record does. */
    async noteCompared({ store, token }: Lease): Promise<void> {
      await database.query('update vector_indexes set compared_at = now() where name = $1 and lease_token = $2', [store, token]);
    },

    /** The store is told of nothing any more, unless it was asked for again meanwhile. */
    async forget({ store, token }: Lease): Promise<void> {
      await database.query(
        `with gone as (
           delete from vector_indexes where name = $1 and lease_token = $2 and state = 'leaving' and leaves_at <= now() returning name)
         delete from vector_changes using gone where store = gone.name`,
        [store, token],
      );
    },
  };
}

export type VectorIndexesRepository = ReturnType<typeof createVectorIndexesRepository>;

async function leave(database: Database, condition: string, parameters: readonly unknown[]): Promise<void> {
  await database.query(
    `update vector_indexes set state = 'leaving', leaves_at = now() + interval '${graceSeconds} seconds'
      where state <> 'leaving' and ${condition}`,
    parameters,
  );
}
