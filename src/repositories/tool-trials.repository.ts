import { defaultConversationId } from '../domain/runs/execution-ids.js';
import type { TrialCall, TrialRequest, TrialResult, TrialSource } from '../domain/tools/tool-trial.js';
import type { Database } from './database.js';
import { isOfSource, toolSourceObject } from './tool-record.js';
import type { FreeCallContext } from './tool-calls.repository.js';

export interface NewTrial {
  readonly id: string;
  readonly organizationId: string;
  readonly agentId: string | null;
  /** Null = the request holds a source. */
  readonly toolId: string | null;
  readonly request: TrialRequest;
  readonly idempotencyKey: string | null;
  readonly requestHash: string;
  readonly isRetry: boolean;
}

/** What it takes to start the workflow of a trial. */
export interface StartableTrial {
  readonly id: string;
  readonly agentId: string | null;
  readonly call: TrialCall;
}

export type BegunTrial =
  | {
      readonly state: 'new' | 'started-before';
      readonly context: FreeCallContext;
      readonly args: TrialRequest['args'];
      readonly call: TrialCall;
    }
  | { readonly state: 'ended' };

interface BeginRow {
  readonly organizationId: string;
  readonly agentId: string | null;
  readonly timezone: string | null;
  readonly request: TrialRequest;
  readonly status: 'created' | 'started' | 'finished' | 'cut_off';
  readonly isNew: boolean;
  readonly tool: FreeCallContext['tool'];
  readonly source: TrialSource | null;
}

/** How long a request that is sent again without a key meets the first one. */
const repeatWindow = '10 minutes';
/** Younger ones are left to those who have just accepted them, in seconds. */
const graceSeconds = 2;
const deletionBatch = 1000;
const isOpen = "status in ('created', 'started')";
/** Of a source, whose tool has no row. In characters. */
const sourceReturnCharLimit = 50_000;

export function createToolTrialsRepository(database: Database) {
  return {
    /** Keeps what is to be run. A request that was seen before leads to what it asked for then. */
    async accept(trial: NewTrial): Promise<string> {
      const { id, organizationId, agentId, toolId, request, idempotencyKey, requestHash, isRetry } = trial;
      const scope = `${agentId ?? 'none'}/${toolId ?? 'source'}`;
      const parameters = [id, organizationId, agentId, toolId, scope, JSON.stringify(request), idempotencyKey, requestHash, isRetry];
      for (;;) {
        const rows = await database.query<{ id: string | null }>(acceptSql, parameters);
        const accepted = rows[0]?.id ?? null;
        if (accepted !== null) return accepted;
        // The same key came in at the same time: the next look finds its row.
      }
    },

    /** Notes that a trial starts, or finds what is known of it. Null when there is no such row any more. */
    async begin(id: string): Promise<BegunTrial | null> {
      const rows = await database.query<BeginRow>(beginSql, [id]);
      const row = rows[0];
      return row === undefined ? null : toBegun(id, row);
    },

    /** What came of it; null while it is open, undefined when there is no such row any more. */
    async outcome(id: string): Promise<TrialResult | null | undefined> {
      const rows = await database.query<{ result: TrialResult | null }>('select result from tool_trials where id = $1', [id]);
      return rows[0]?.result;
    },

    /** Keeps the first end that is told of. */
    async end(id: string, status: 'finished' | 'cut_off', result: TrialResult): Promise<void> {
      await database.query(`update tool_trials set status = $2, result = $3, completed_at = now() where id = $1 and ${isOpen}`, [
        id,
        status,
        JSON.stringify(result),
      ]);
    },

    /** Open ones, by id, after `after`. */
    async listOpen(after: string, limit: number): Promise<StartableTrial[]> {
      return database.query(
        `select id, agent_id as "agentId", request -> 'call' as call from tool_trials
          where ${isOpen} and created_at < now() - interval '${graceSeconds} seconds' and id > $1 order by id limit $2`,
        [after, limit],
      );
    },

    /** True = there may be more. */
    async deleteOlderThan(days: number): Promise<boolean> {
      const rows = await database.query(
        `delete from tool_trials where id in (
           select id from tool_trials where created_at < now() - $1::int * interval '1 day' and not (${isOpen}) order by created_at limit ${deletionBatch}
         ) returning id`,
        [days],
      );
      return rows.length === deletionBatch;
    },
  };
}

export type ToolTrialsRepository = ReturnType<typeof createToolTrialsRepository>;

function toBegun(id: string, { status, isNew, request, ...row }: BeginRow): BegunTrial {
  if (!isNew && status !== 'started') return { state: 'ended' };
  const { call, args, source } = request;
  const context: FreeCallContext = {
    id,
    runId: null,
    stepId: null,
    agentId: row.agentId,
    conversationId: row.agentId === null ? null : defaultConversationId(row.agentId),
    organizationId: row.organizationId,
    timezone: row.timezone,
    call: { id, name: call.toolName, arguments: JSON.stringify(args) },
    tool: source === null ? row.tool : toolOfSource(id, call, source.sourceType),
    source: source ?? row.source,
  };
  return { state: isNew ? 'new' : 'started-before', context, args, call };
}

function toolOfSource(id: string, { toolName, retryClass }: TrialCall, sourceType: string): FreeCallContext['tool'] {
  return { id, name: toolName, toolType: 'custom', sourceType, returnCharLimit: sourceReturnCharLimit, retryClass };
}

const acceptSql = `
with known as (
  select id from tool_trials
   where organization_id = $2 and scope = $5 and (idempotency_key = $7 or ($9 and request_hash = $8 and created_at > now() - interval '${repeatWindow}'))
   order by created_at desc limit 1
), added as (
  insert into tool_trials (id, organization_id, agent_id, tool_id, scope, request, idempotency_key, request_hash)
  select $1, $2, $3, $4, $5, $6, $7, $8 where not exists (select from known)
  on conflict do nothing returning id
)
select coalesce((select id from known), (select id from added)) as id`;

const beginSql = `
with begun as (
  update tool_trials set status = 'started' where id = $1 and status = 'created' returning id
)
select r.organization_id as "organizationId", r.agent_id as "agentId", a.timezone, r.request, r.status, exists (select from begun) as "isNew",
       (select jsonb_build_object('id', t.id, 'name', t.name, 'toolType', t.tool_type, 'sourceType', t.source_type, 'returnCharLimit', t.return_char_limit,
                                  'retryClass', t.retry_class) from tools t where t.id = r.tool_id) as tool,
       (select ${toolSourceObject('t')} from tools t where t.id = r.tool_id and ${isOfSource('t')}) as source
  from tool_trials r left join agents a on a.id = r.agent_id
 where r.id = $1`;
