import type { CompactionPayload, DeltaPayload, EndPayload, RunEvent } from '../domain/runs/run-event.js';
import type { Database } from './database.js';
import { toMessage } from './message-row.js';
import type { MessageRow } from './message-row.js';

export type StoredDelta = DeltaPayload;

interface EventRow {
  readonly seq: string;
  readonly kind: RunEvent['kind'];
  readonly payload: unknown;
  readonly created_at: Date;
  readonly message: MessageRow | null;
}

export interface RunState {
  readonly lastSeq: number;
  readonly ended: boolean;
}

/** How many events one read takes. */
const readLimit = 1000;

export function createRunEventsRepository(database: Database) {
  return {
    /** Appends pieces of a response that is being written. False when the attempt has been fenced off: nothing was appended then. */
    async appendDeltas(runId: string, attempt: number, deltas: readonly StoredDelta[]): Promise<boolean> {
      const rows = await database.query(
        `with fenced as (
           update runs set last_seq = last_seq + $3, ttft_ns = coalesce(ttft_ns, (extract(epoch from now() - created_at) * 1e9)::bigint)
            where id = $1 and attempt = $2 and status = 'running' returning id, last_seq
         ), deltas as (${insertDeltas('$4', '$3')})
         select id from fenced`,
        [runId, attempt, deltas.length, JSON.stringify(deltas)],
      );
      return rows.length > 0;
    },

    /** The run's events after `seq`, in order; at most a thousand. */
    async readAfter(runId: string, seq: number): Promise<RunEvent[]> {
      const rows = await database.query<EventRow>(`${readSql} and e.seq > $2 order by e.seq limit ${readLimit}`, [runId, seq]);
      return rows.flatMap(toRunEvent);
    },

    /** How far the logs of these runs have come. A run that is not among them exists no more. */
    async readStates(runIds: readonly string[]): Promise<ReadonlyMap<string, RunState>> {
      const rows = await database.query<{ id: string; last_seq: string; ended: boolean }>(
        `select id, last_seq, status not in ('created', 'running') as ended from runs where id = any($1)`,
        [runIds],
      );
      return new Map(rows.map(row => [row.id, { lastSeq: Number(row.last_seq), ended: row.ended }]));
    },

    /** All messages of the run and, when it has ended, its terminal event as the last. */
    async readMessages(runId: string): Promise<RunEvent[]> {
      const rows = await database.query<EventRow>(`${readSql} and e.key is not null and e.kind in ('message', 'end') order by e.seq`, [
        runId,
      ]);
      return rows.flatMap(toRunEvent);
    },
  };
}

export type RunEventsRepository = ReturnType<typeof createRunEventsRepository>;

const readSql = `
select e.seq, e.kind, e.payload, e.created_at, to_jsonb(m) as message
  from run_events e left join messages m on e.kind = 'message' and m.id = e.message_id
 where e.run_id = $1`;

/** A part of a statement: inserts the deltas in `$json` behind the numbers that the CTE \`fenced\` took for them. */
export function insertDeltas(json: string, count: string): string {
  return `insert into run_events (run_id, seq, kind, payload, message_id)
    select fenced.id, fenced.last_seq - ${count} + e.ordinality, 'delta', e.value, e.value ->> 'messageId'
      from fenced, jsonb_array_elements(${json}::jsonb) with ordinality as e`;
}

/** A message that was deleted since leaves no event behind. */
function toRunEvent(row: EventRow): RunEvent[] {
  const base = { seq: Number(row.seq), createdAt: row.created_at.toISOString() };
  switch (row.kind) {
    case 'delta':
      return [{ kind: 'delta', ...base, payload: row.payload as DeltaPayload }];
    case 'attempt_voided':
      return [{ kind: 'attempt_voided', ...base, payload: row.payload as { messageId: string } }];
    case 'compaction':
      return [{ kind: 'compaction', ...base, payload: row.payload as CompactionPayload }];
    case 'end':
      return [{ kind: 'end', ...base, payload: row.payload as EndPayload }];
    case 'message': {
      if (row.message === null) return [];
      const { span, streamed } = row.payload as { span: number; streamed: boolean };
      return [{ kind: 'message', ...base, span, streamed, message: toMessage(row.message) }];
    }
  }
}
