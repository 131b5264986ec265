import type { ToolCallInput } from '../domain/agent-loop/loop-types.js';
import { cutOffReturn } from '../domain/agent-loop/step-messages.js';
import type { ToolCall, ToolReturn } from '../domain/messages/content.js';
import type { TrialSource } from '../domain/tools/tool-trial.js';
import type { Database } from './database.js';
import { callIdOf } from '../domain/runs/execution-ids.js';
import { stepId } from './derived-ids.js';
import { isOfSource, toolSourceObject } from './tool-record.js';

/** What an executor gets to know of a call, which may be outside of any run, and of any agent. */
export interface FreeCallContext {
  /** The idempotency key. */
  readonly id: string;
  /** Null = outside of any run. */
  readonly runId: string | null;
  readonly stepId: string | null;
  readonly agentId: string | null;
  readonly organizationId: string;
  /** The agent's default one outside of runs. */
  readonly conversationId: string | null;
  readonly timezone: string | null;
  readonly call: ToolCall;
  /** Null when the model called a tool that is not attached. */
  readonly tool: {
    readonly id: string;
    readonly name: string;
    readonly toolType: string;
    /** python | typescript | json */
    readonly sourceType: string;
    readonly returnCharLimit: number;
    readonly retryClass: string;
  } | null;
  /** What is run in the place of the tool's stored source. */
  readonly source: TrialSource | null;
}

/** A call for an agent. */
export interface ToolCallContext extends FreeCallContext {
  readonly agentId: string;
  readonly conversationId: string;
}

export interface EndedToolCall {
  /** `refused` = a rule forbade it, so it never ran. */
  readonly status: 'finished' | 'cut_off' | 'refused';
  readonly result: ToolReturn | null;
}

export type BegunToolCall =
  | { readonly state: 'new' | 'started-before'; readonly context: ToolCallContext }
  /** Also when its run has ended: then nothing is known and nothing may start. */
  | ({ readonly state: 'ended' } & EndedToolCall);

interface BeginRow {
  readonly agent_id: string;
  readonly organization_id: string;
  readonly conversation_id: string;
  readonly timezone: string | null;
  readonly call: ToolCall | null;
  readonly tool: ToolCallContext['tool'];
  readonly source: TrialSource | null;
  readonly is_new: boolean;
  readonly status: 'started' | EndedToolCall['status'] | null;
  readonly result: ToolReturn | null;
}

export function createToolCallsRepository(database: Database) {
  return {
    /** Notes that a call starts, or finds what is known of it. One statement. Null when there is no such call. */
    async begin(input: ToolCallInput): Promise<BegunToolCall | null> {
      const id = callIdOf(input);
      const step = stepId(input.origin?.runId ?? input.runId, input.origin?.stepNumber ?? input.stepNumber);
      const rows = await database.query<BeginRow>(beginSql, [input.runId, step, input.ordinal, input.call.index, id]);
      const row = rows[0];
      return row === undefined || row.call === null ? null : toBegun(row, row.call, { id, runId: input.runId, stepId: step });
    },

    /** Keeps a call's result. A call that was declared cut off meanwhile stays so: the model may have been told already. */
    finish: (id: string, result: ToolReturn): Promise<EndedToolCall> => end(database, id, 'finished', result),

    /** Keeps what the model is told instead of a result. */
    refuse: (id: string, result: ToolReturn): Promise<EndedToolCall> => end(database, id, 'refused', result),

    /** Ends a call that may never answer; a result that is already there wins. */
    settle: ({ id, call, timezone }: Pick<ToolCallContext, 'id' | 'call' | 'timezone'>): Promise<EndedToolCall> =>
      end(database, id, 'cut_off', cutOffReturn(call, { now: new Date(), timezone })),
  };
}

export type ToolCallsRepository = ReturnType<typeof createToolCallsRepository>;

function toBegun(row: BeginRow, call: ToolCall, ids: Pick<ToolCallContext, 'id' | 'runId' | 'stepId'>): BegunToolCall {
  if (!row.is_new && row.status !== 'started') return { state: 'ended', status: row.status ?? 'cut_off', result: row.result };
  const context = {
    ...ids,
    agentId: row.agent_id,
    organizationId: row.organization_id,
    conversationId: row.conversation_id,
    timezone: row.timezone,
    call,
    tool: row.tool,
    source: row.source,
  };
  return { state: row.is_new ? 'new' : 'started-before', context };
}

async function end(database: Database, id: string, status: EndedToolCall['status'], result: ToolReturn): Promise<EndedToolCall> {
  const updated = await database.query<EndedToolCall>(
    `update tool_calls set status = $2, result = $3, finished_at = now() where id = $1 and status = 'started' returning status, result`,
    [id, status, JSON.stringify(result)],
  );
  if (updated[0] !== undefined) return updated[0];
  const kept = await database.query<EndedToolCall>('select status, result from tool_calls where id = $1', [id]);
  return kept[0] ?? { status, result };
}

const beginSql = `
with response as (
  select mr.response -> 'toolCalls' -> $4::int as call from model_responses mr where mr.step_id = $2 and mr.ordinal = $3
), tool as (
  select t.*
    from runs r join tools_agents ta on ta.agent_id = r.agent_id join tools t on t.id = ta.tool_id, response
   where r.id = $1 and t.name = response.call ->> 'name'
), begun as (
  insert into tool_calls (id, run_id, step_id, tool_name, tool_id, provider_call_id, status)
  select $5, $1, $2, response.call ->> 'name', (select id from tool), response.call ->> 'id', 'started'
    from response join runs r on r.id = $1 and r.status = 'running'
   where response.call is not null
  on conflict (id) do nothing returning id
)
select r.agent_id, r.organization_id, r.conversation_id, a.timezone, response.call, exists (select from begun) as is_new, tc.status, tc.result,
       (select jsonb_build_object('id', id, 'name', name, 'toolType', tool_type, 'sourceType', source_type, 'returnCharLimit', return_char_limit, 'retryClass', retry_class) from tool) as tool,
       (select ${toolSourceObject('tool')} from tool where ${isOfSource('tool')}) as source
  from runs r join agents a on a.id = r.agent_id cross join response left join tool_calls tc on tc.id = $5
 where r.id = $1`;
