import type { Database } from './database.js';

export interface DueCallback {
  readonly organizationId: string;
  readonly url: string;
}

/** What came of one try; null = there was none of it. */
export interface CallbackTry {
  readonly statusCode: number | null;
  readonly error: string | null;
}

const isDue = 'callback_url is not null and callback_settled_at is null and completed_at is not null';
/** Younger ones are left to those who have just ended their runs, in seconds. */
const graceSeconds = 2;

export function createCallbacksRepository(database: Database) {
  return {
    /** Null when the run has none, is not over, or has been told of. */
    async findDue(runId: string): Promise<DueCallback | null> {
      const rows = await database.query<DueCallback>(
        `select organization_id as "organizationId", callback_url as url from runs where id = $1 and ${isDue}`,
        [runId],
      );
      return rows[0] ?? null;
    },

    /** Notes a try. `settles` = there will be no other. */
    async noteTry(runId: string, { statusCode, error }: CallbackTry, settles: boolean): Promise<void> {
      await database.query(
        `update runs set callback_sent_at = now(), callback_status_code = $2, callback_error = $3,
                callback_settled_at = case when $4 then now() end
          where id = $1 and callback_settled_at is null`,
        [runId, statusCode, error, settles],
      );
    },

    /** Runs whose callback is due, by id, after `after`. */
    async listDue(after: string, limit: number): Promise<string[]> {
      const rows = await database.query<{ id: string }>(
        `select id from runs where ${isDue} and completed_at < now() - interval '${graceSeconds} seconds' and id > $1 order by id limit $2`,
        [after, limit],
      );
      return rows.map(row => row.id);
    },
  };
}

export type CallbacksRepository = ReturnType<typeof createCallbacksRepository>;
