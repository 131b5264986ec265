import { z } from 'zod';
import { createdAtOrder, instant, jsonObject, nothing, paging, pathId, queryBoolean, queryInteger, queryList } from './fields.js';
import { defineRoute } from './route.js';
import { providerTrace, step } from './steps.contract.js';

export const stopReason = z.enum([
  'end_turn',
  'error',
  'llm_api_error',
  'invalid_llm_response',
  'invalid_tool_call',
  'max_steps',
  'max_tokens_exceeded',
  'no_tool_call',
  'tool_rule',
  'cancelled',
  'insufficient_credits',
  'requires_approval',
  'context_window_overflow_in_system_prompt',
  'budget_exceeded',
]);

export const runStatus = z.enum(['created', 'running', 'completed', 'failed', 'cancelled']);

export const run = z.object({
  id: z.string(),
  agent_id: z.string(),
  status: runStatus,
  created_at: instant,
  completed_at: instant.nullable(),
  background: z.boolean().nullable(),
  metadata: jsonObject.nullable(),
  request_config: jsonObject.nullable(),
  stop_reason: stopReason.nullable(),
  conversation_id: z.string().nullable(),
  base_template_id: z.string().nullable(),
  callback_url: z.string().nullable(),
  callback_sent_at: instant.nullable(),
  callback_status_code: z.number().nullable(),
  callback_error: z.string().nullable(),
  ttft_ns: z.number().nullable(),
  total_duration_ns: z.number().nullable(),
  /** Of this server, beside V1: USD, null when a model has no known price. */
  cost: z.number().nullable(),
});

export const wireMessage = z.looseObject({ message_type: z.string() });

const tag = 'runs';
const byRun = z.object({ run_id: pathId('run') });

const runFilters = {
  agent_id: z.string().optional(),
  agent_ids: queryList.optional(),
  /** Words that are no status are refused by the handler, for V1 does it with 400. */
  statuses: queryList.optional(),
  background: queryBoolean.optional(),
  stop_reason: stopReason.optional(),
  conversation_id: z.string().optional(),
};

export const listRuns = defineRoute({
  operationId: 'list_runs',
  method: 'get',
  path: '/v1/runs/',
  tag,
  summary: 'List runs',
  params: nothing,
  query: z.object({
    ...runFilters,
    ...paging({ limit: 100, order: 'desc' }),
    order_by: createdAtOrder,
    active: queryBoolean.default(false),
    ascending: queryBoolean.optional(),
  }),
  body: nothing,
  response: z.array(run),
});

export const listInternalRuns = defineRoute({
  operationId: 'list_internal_runs',
  method: 'get',
  path: '/v1/_internal_runs/',
  tag,
  summary: 'List runs by more filters',
  params: nothing,
  query: z.object({
    ...runFilters,
    run_id: z.string().optional(),
    template_family: z.string().optional(),
    step_count: queryInteger().optional(),
    step_count_operator: z.enum(['eq', 'gte', 'lte']).default('eq'),
    tools_used: queryList.optional(),
    project_id: z.string().optional(),
    duration_percentile: queryInteger().pipe(z.number().max(100)).optional(),
    duration_value: queryInteger().optional(),
    duration_operator: z.enum(['gt', 'lt', 'eq']).default('gt'),
    start_date: z.string().optional(),
    end_date: z.string().optional(),
    ...paging({ limit: 100, order: 'desc' }),
    order_by: z.enum(['created_at', 'duration']).default('created_at'),
    active: queryBoolean.default(false),
    ascending: queryBoolean.optional(),
  }),
  body: nothing,
  response: z.array(run),
});

export const listActiveRuns = defineRoute({
  operationId: 'list_active_runs',
  method: 'get',
  path: '/v1/runs/active',
  tag,
  summary: 'List the runs that have not ended',
  params: nothing,
  query: z.object({ agent_id: z.string().optional(), background: queryBoolean.optional() }),
  body: nothing,
  response: z.array(run),
});

export const retrieveRun = defineRoute({
  operationId: 'retrieve_run',
  method: 'get',
  path: '/v1/runs/{run_id}',
  tag,
  summary: 'Retrieve a run',
  params: byRun,
  query: nothing,
  body: nothing,
  response: run,
});

export const deleteRun = defineRoute({
  operationId: 'delete_run',
  method: 'delete',
  path: '/v1/runs/{run_id}',
  tag,
  summary: 'Delete a run that has ended; its messages stay',
  params: byRun,
  query: nothing,
  body: nothing,
  response: z.null(),
});

export const listMessagesForRun = defineRoute({
  operationId: 'list_messages_for_run',
  method: 'get',
  path: '/v1/runs/{run_id}/messages',
  tag,
  summary: "List a run's messages",
  params: byRun,
  query: z.object({ ...paging({ limit: 100, order: 'asc' }), order_by: createdAtOrder }),
  body: nothing,
  response: z.array(wireMessage),
});

export const listStepsForRun = defineRoute({
  operationId: 'list_steps_for_run',
  method: 'get',
  path: '/v1/runs/{run_id}/steps',
  tag,
  summary: "List a run's steps",
  params: byRun,
  query: z.object({ ...paging({ limit: 100, order: 'desc' }), order_by: createdAtOrder }),
  body: nothing,
  response: z.array(step),
});

export const retrieveMetricsForRun = defineRoute({
  operationId: 'retrieve_metrics_for_run',
  method: 'get',
  path: '/v1/runs/{run_id}/metrics',
  tag,
  summary: 'What was measured of a run: from its start, which may be after its acceptance, to its end',
  params: byRun,
  query: nothing,
  body: nothing,
  response: z.object({
    id: z.string(),
    organization_id: z.string().nullable(),
    agent_id: z.string().nullable(),
    project_id: z.string().nullable(),
    run_start_ns: z.number().nullable(),
    run_ns: z.number().nullable(),
    num_steps: z.number().nullable(),
    tools_used: z.array(z.string()).nullable(),
    template_id: z.string().nullable(),
    base_template_id: z.string().nullable(),
  }),
});

export const retrieveTraceForRun = defineRoute({
  operationId: 'retrieve_trace_for_run',
  method: 'get',
  path: '/v1/runs/{run_id}/trace',
  tag,
  summary: "A run's model calls as they were on the wire, compactions as well, as far as they are kept",
  params: byRun,
  query: z.object({ limit: queryInteger(1).pipe(z.number().max(5000)).default(1000) }),
  body: nothing,
  response: z.array(providerTrace),
});

export const retrieveUsageForRun = defineRoute({
  operationId: 'retrieve_usage_for_run',
  method: 'get',
  path: '/v1/runs/{run_id}/usage',
  tag,
  summary: "Sum up a run's tokens",
  params: byRun,
  query: nothing,
  body: nothing,
  response: z.object({
    completion_tokens: z.number(),
    prompt_tokens: z.number(),
    total_tokens: z.number(),
    cost: z.number().nullable(),
    completion_tokens_details: jsonObject.nullable(),
    prompt_tokens_details: jsonObject.nullable(),
  }),
});

export const retrieveStreamBody = z.object({
  starting_after: z.number().int().min(0).default(0),
  include_pings: z.boolean().nullish(),
  /** Of V1, where readers poll: here they are woken, so these two change nothing. */
  poll_interval: z.number().nullish(),
  batch_size: z.number().int().nullish(),
  agent_id: z.string().nullish(),
  run_id: z.string().nullish(),
  otid: z.string().nullish(),
  /** Of this server, beside V1: false ends the answer after the events that are there; `[DONE]` is among them only when the run has ended. */
  follow: z.boolean().default(true),
});
export type RetrieveStreamBody = z.output<typeof retrieveStreamBody>;

export const retrieveStreamForRun = defineRoute({
  operationId: 'retrieve_stream_for_run',
  optionalBody: true,
  method: 'post',
  path: '/v1/runs/{run_id}/stream',
  tag,
  summary: "Follow a run's events from any of them on",
  params: byRun,
  query: nothing,
  body: retrieveStreamBody,
  response: wireMessage,
  streams: true,
});
