import type { Database } from './database.js';
import { deriveId } from './derived-ids.js';

/** What went over the wire, as JSON texts that may be kept. */
export interface WireTrace {
  readonly request: string;
  readonly response: string;
}

export interface NewTrace extends WireTrace {
  /** What was called and how often before: a trace that is written again stays as it is. */
  readonly key: readonly (string | number)[];
  readonly runId: string;
  readonly stepId: string | null;
  readonly callType: 'agent_step' | 'summarization';
}

export interface TraceRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly runId: string;
  readonly stepId: string | null;
  readonly agentId: string;
  readonly agentTags: readonly string[];
  readonly callType: string;
  readonly request: Readonly<Record<string, unknown>>;
  readonly response: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
}

const columns = `t.id, t.organization_id as "organizationId", t.run_id as "runId", t.step_id as "stepId", t.agent_id as "agentId",
  t.call_type as "callType", t.request, t.response, t.created_at as "createdAt",
  array(select x.tag from agents_tags x where x.agent_id = t.agent_id order by x.tag) as "agentTags"`;

export function createProviderTracesRepository(database: Database) {
  return {
    async add({ key, runId, stepId, callType, request, response }: NewTrace): Promise<void> {
      await database.query(
        `insert into provider_traces (id, organization_id, run_id, step_id, agent_id, call_type, request, response)
         select $1, organization_id, id, $3, agent_id, $4, $5, $6 from runs where id = $2 on conflict do nothing`,
        [traceId(...key), runId, stepId, callType, request, response],
      );
    },

    /** Of a try of a generation, which belongs to no run. */
    async addOfGeneration(id: string, attempt: number, { request, response }: WireTrace): Promise<void> {
      await database.query(
        `insert into provider_traces (id, organization_id, agent_id, call_type, request, response)
         select $2, organization_id, agent_id, 'generation', $3, $4 from generations where id = $1 on conflict do nothing`,
        [id, traceId(id, attempt), request, response],
      );
    },

    /** The step's own call that came last; null when none was kept. */
    async ofStep(organizationId: string, stepId: string): Promise<TraceRecord | null> {
      const rows = await database.query<TraceRecord>(
        `select ${columns} from provider_traces t join steps s on s.run_id = t.run_id and s.id = t.step_id
          where t.organization_id = $1 and t.step_id = $2 order by t.call_type, t.created_at desc, t.id limit 1`,
        [organizationId, stepId],
      );
      return rows[0] ?? null;
    },

    /** All calls of a run, compactions as well, in the order in which they ended. */
    ofRun: (organizationId: string, runId: string, limit: number): Promise<TraceRecord[]> =>
      database.query<TraceRecord>(
        `select ${columns} from provider_traces t where t.organization_id = $1 and t.run_id = $2 order by t.created_at, t.id limit $3`,
        [organizationId, runId, limit],
      ),
  };
}

export type ProviderTracesRepository = ReturnType<typeof createProviderTracesRepository>;

export function traceId(...key: readonly (string | number)[]): string {
  return deriveId('provider_trace', ...key);
}
