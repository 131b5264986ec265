import type { RunError } from '../domain/agent-loop/loop-types.js';
import type { AgentBudget } from '../domain/budgets/budget.js';
import type { GenerationRequest, GenerationResult } from '../domain/generation/generation.js';
import type { ModelConfig } from '../domain/model/model-config.js';
import type { Database } from './database.js';

export interface NewGeneration {
  readonly id: string;
  readonly organizationId: string;
  readonly agentId: string;
  readonly request: GenerationRequest;
  readonly idempotencyKey: string | null;
  readonly requestHash: string;
  readonly isRetry: boolean;
}

/** What its model call needs. */
export interface OpenGeneration {
  readonly agentId: string;
  readonly request: GenerationRequest;
  readonly config: ModelConfig;
  readonly agentBudget: AgentBudget | null;
}

export interface GenerationOutcome {
  readonly result: GenerationResult | null;
  readonly error: RunError | null;
}

/** How long a request that is sent again without a key meets the first one. */
const repeatWindow = '10 minutes';
/** Younger ones are left to those who have just accepted them, in seconds. */
const graceSeconds = 2;
const deletionBatch = 1000;

export function createGenerationsRepository(database: Database) {
  return {
    /** Keeps what is asked for. A request that was seen before leads to what it asked for then. Null when the agent is terminated. */
    async accept(generation: NewGeneration): Promise<string | null> {
      for (;;) {
        const { id, organizationId, agentId, request, idempotencyKey, requestHash, isRetry } = generation;
        const rows = await database.query<{ id: string | null; is_open: boolean }>(acceptSql, [
          id,
          organizationId,
          agentId,
          JSON.stringify(request),
          idempotencyKey,
          requestHash,
          isRetry,
        ]);
        const row = rows[0];
        if (row?.id != null) return row.id;
        if (row?.is_open !== true) return null;
        // The same key came in at the same time: the next look finds its row.
      }
    },

    /** Null when it has ended. */
    async findOpen(id: string): Promise<OpenGeneration | null> {
      const rows = await database.query<OpenGeneration>(
        `select g.agent_id as "agentId", g.request, a.llm_config as config, a.budget as "agentBudget"
           from generations g join agents a on a.id = g.agent_id where g.id = $1 and g.status = 'created'`,
        [id],
      );
      return rows[0] ?? null;
    },

    /** What came of it; null while it is open, undefined when there is no such row any more. */
    async outcome(id: string): Promise<GenerationOutcome | null | undefined> {
      const rows = await database.query<GenerationOutcome & { readonly status: string }>(
        'select status, result, error from generations where id = $1',
        [id],
      );
      const row = rows[0];
      return row === undefined || row.status !== 'created' ? row : null;
    },

    async complete(id: string, result: GenerationResult): Promise<void> {
      await database.query(
        `update generations set status = 'completed', result = $2, completed_at = now() where id = $1 and status = 'created'`,
        [id, JSON.stringify(result)],
      );
    },

    async fail(id: string, error: RunError): Promise<void> {
      await database.query(
        `update generations set status = 'failed', error = $2, completed_at = now() where id = $1 and status = 'created'`,
        [id, JSON.stringify(error)],
      );
    },

    /** Open ones, by id, after `after`. */
    async listOpen(after: string, limit: number): Promise<{ readonly id: string; readonly agentId: string }[]> {
      return database.query(
        `select id, agent_id as "agentId" from generations
          where status = 'created' and created_at < now() - interval '${graceSeconds} seconds' and id > $1 order by id limit $2`,
        [after, limit],
      );
    },

    /** True = there may be more. */
    async deleteOlderThan(days: number): Promise<boolean> {
      const rows = await database.query(
        `delete from generations where id in (
           select id from generations where created_at < now() - $1::int * interval '1 day' and status <> 'created' order by created_at limit ${deletionBatch}
         ) returning id`,
        [days],
      );
      return rows.length === deletionBatch;
    },
  };
}

export type GenerationsRepository = ReturnType<typeof createGenerationsRepository>;

const acceptSql = `
with agent as (
  select id from agents where id = $3 and organization_id = $2 and lifecycle_state <> 'terminated'
), known as (
  select id from generations
   where agent_id = $3 and (idempotency_key = $5 or ($7 and request_hash = $6 and created_at > now() - interval '${repeatWindow}'))
   order by created_at desc limit 1
), added as (
  insert into generations (id, organization_id, agent_id, request, idempotency_key, request_hash)
  select $1, $2, agent.id, $4, $5, $6 from agent where not exists (select from known)
  on conflict do nothing returning id
)
select coalesce((select id from known), (select id from added)) as id, exists (select from agent) as is_open`;
