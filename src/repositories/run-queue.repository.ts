import type { TransactionalDatabase } from './database.js';
import { isCancelled, queueOrder } from './run-conditions.js';

export interface QueuedRun {
  readonly id: string;
  readonly createdAt: Date;
  readonly background: boolean;
  readonly preview: string;
  readonly cancelled: boolean;
}

export interface RunQueue {
  readonly agentId: string;
  readonly conversationId: string;
  readonly activeRunId: string | null;
  readonly queued: readonly QueuedRun[];
}

export type ReorderOutcome =
  | { readonly kind: 'reordered' }
  /** These wait no more, or never did in this conversation. Nothing has changed. */
  | { readonly kind: 'not-queued'; readonly runIds: readonly string[] };

/** So much of its input is shown of a run that waits, in characters. */
const previewLength = 200;

export function createRunQueueRepository(database: TransactionalDatabase) {
  return {
    /** Null when there is no such conversation. */
    async find(organizationId: string, conversationId: string): Promise<RunQueue | null> {
      const lanes = await database.query<Omit<RunQueue, 'queued'>>(laneSql, [organizationId, conversationId]);
      const lane = lanes[0];
      return lane === undefined ? null : { ...lane, queued: await database.query<QueuedRun>(queuedSql, [conversationId]) };
    },

    /** Puts the named runs first, in this order. The claim takes a run only at the place that it saw, so none starts at its old one. */
    reorder: (conversationId: string, runIds: readonly string[]): Promise<ReorderOutcome> =>
      database.transaction(async transaction => {
        const queued = await transaction.query<{ id: string }>(
          `select id from runs where conversation_id = $1 and status = 'created' order by accept_no for no key update`,
          [conversationId],
        );
        const missing = runIds.filter(id => !queued.some(run => run.id === id));
        if (missing.length > 0) return { kind: 'not-queued', runIds: missing };
        await transaction.query(reorderSql, [conversationId, runIds]);
        return { kind: 'reordered' };
      }),
  };
}

export type RunQueueRepository = ReturnType<typeof createRunQueueRepository>;

const laneSql = `
select c.agent_id as "agentId", c.id as "conversationId", (select id from runs where conversation_id = c.id and status = 'running' limit 1) as "activeRunId"
  from conversations c join agents a on a.id = c.agent_id where a.organization_id = $1 and c.id = $2 and c.deleted_at is null`;

const queuedSql = `
select r.id, r.created_at as "createdAt", r.background, ${isCancelled('r')} as cancelled,
       left(coalesce((select string_agg(p ->> 'text', ' ') from jsonb_array_elements(r.input) m, jsonb_array_elements(m -> 'content') p
                       where p ->> 'type' = 'text'), ''), ${previewLength}) as preview
  from runs r where r.conversation_id = $1 and r.status = 'created' ${queueOrder}`;

/** New numbers for all that wait, below the lowest that is taken: a claim that saw an old one looks again. */
const reorderSql = `
with waiting as (
  select r.id, min(r.queue_order) over () as first,
         row_number() over (order by array_position($2::text[], r.id) nulls last, r.queue_order, r.accept_no) as n, count(*) over () as total
    from runs r where r.conversation_id = $1 and r.status = 'created'
)
update runs r set queue_order = w.first - w.total + w.n - 1, updated_at = now() from waiting w where r.id = w.id`;
