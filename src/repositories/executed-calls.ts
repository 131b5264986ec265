import type { PastCall } from '../domain/tool-rules/past-call.js';
import { unpackToolReturn } from '../domain/tools/pack-tool-return.js';

export interface ExecutedCallRow {
  readonly toolName: string;
  readonly content: string | null;
}

/**
 * The calls that tool rules count, oldest first, as a query for one jsonb array: those that were executed in a run before a step of it, and, when the
 * run answers an approval request, those of the run that asked, with what the client ran for it. This is the one place that says how far back rules
 * look. `run` and `agent` are aliases of rows. Only a tool whose output chooses the next one has its text read.
 */
export function executedCallsSql(run: string, stepNumber: string, agent: string): string {
  return `
  with recursive chain (run_id, depth, request_id) as (
    select ${run}.id, 0, ${run}.answers_request_id
    union all
    select asking.id, chain.depth + 1, asking.answers_request_id
      from chain join approval_requests q on q.id = chain.request_id join runs asking on asking.id = q.run_id
  ), executed (tool_name, content, depth, step, index) as (
    select tc.tool_name, tc.result ->> 'content', chain.depth, split_part(tc.id, '/', 4)::int, split_part(tc.id, '/', 6)::int
      from tool_calls tc join chain on chain.run_id = split_part(tc.id, '/', 2)
     where tc.run_id in (select run_id from chain) and tc.status <> 'refused' and (chain.depth > 0 or split_part(tc.id, '/', 4)::int < ${stepNumber})
    union all
    select asked.call ->> 'toolName', given.answer ->> 'toolReturn', chain.depth + 1, q.step_number, (asked.call ->> 'index')::int
      from chain join approval_requests q on q.id = chain.request_id
     cross join jsonb_array_elements(q.calls) as asked (call)
     cross join jsonb_array_elements(q.answers) as given (answer)
     where given.answer ->> 'type' = 'tool' and given.answer ->> 'toolCallId' = asked.call ->> 'toolCallId'
  )
  select jsonb_agg(jsonb_build_object('toolName', tool_name, 'content',
                     case when ${agent}.tool_rules @> jsonb_build_array(jsonb_build_object('type', 'conditional', 'toolName', tool_name)) then content end)
                   order by depth desc, step, index)
    from executed`;
}

export function toPastCall({ toolName, content }: ExecutedCallRow): PastCall {
  return { toolName, output: content === null ? null : unpackToolReturn(content, 'success').message };
}
