import { z } from 'zod';
import { createdAtOrder, jsonObject, nothing, paging, pathId, queryBoolean, queryList } from './fields.js';
import { defineRoute } from './route.js';

export const step = z.object({
  id: z.string(),
  origin: z.string().nullable(),
  organization_id: z.string().nullable(),
  provider_id: z.string().nullable(),
  run_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  provider_name: z.string().nullable(),
  provider_category: z.string().nullable(),
  model: z.string().nullable(),
  model_handle: z.string().nullable(),
  model_endpoint: z.string().nullable(),
  context_window_limit: z.number().nullable(),
  prompt_tokens: z.number().nullable(),
  completion_tokens: z.number().nullable(),
  total_tokens: z.number().nullable(),
  cached_input_tokens: z.number().nullable(),
  cache_write_tokens: z.number().nullable(),
  reasoning_tokens: z.number().nullable(),
  /** Of this server, beside V1: USD, null when the model has no known price. */
  cost: z.number().nullable(),
  completion_tokens_details: jsonObject.nullable(),
  prompt_tokens_details: jsonObject.nullable(),
  stop_reason: z.string().nullable(),
  tags: z.array(z.string()),
  tid: z.string().nullable(),
  trace_id: z.string().nullable(),
  request_id: z.string().nullable(),
  messages: z.array(jsonObject),
  feedback: z.enum(['positive', 'negative']).nullable(),
  project_id: z.string().nullable(),
  error_type: z.string().nullable(),
  error_data: jsonObject.nullable(),
  status: z.enum(['pending', 'success', 'failed', 'cancelled']).nullable(),
});

const tag = 'steps';
const byStep = z.object({ step_id: pathId('step') });

export const listSteps = defineRoute({
  operationId: 'list_steps',
  method: 'get',
  path: '/v1/steps/',
  tag,
  summary: 'List steps',
  params: nothing,
  query: z.object({
    ...paging({ limit: 50, order: 'desc' }),
    order_by: createdAtOrder,
    start_date: z.string().optional(),
    end_date: z.string().optional(),
    model: z.string().optional(),
    agent_id: z.string().optional(),
    trace_ids: queryList.optional(),
    feedback: z.enum(['positive', 'negative']).optional(),
    has_feedback: queryBoolean.optional(),
    tags: queryList.optional(),
    project_id: z.string().optional(),
  }),
  body: nothing,
  response: z.array(step),
});

export const retrieveStep = defineRoute({
  operationId: 'retrieve_step',
  method: 'get',
  path: '/v1/steps/{step_id}',
  tag,
  summary: 'Retrieve a step',
  params: byStep,
  query: nothing,
  body: nothing,
  response: step,
});

export const listMessagesForStep = defineRoute({
  operationId: 'list_messages_for_step',
  method: 'get',
  path: '/v1/steps/{step_id}/messages',
  tag,
  summary: "List a step's messages",
  params: byStep,
  query: z.object({ ...paging({ limit: 100, order: 'asc' }), order_by: createdAtOrder }),
  body: nothing,
  response: z.array(z.looseObject({ message_type: z.string() })),
});

export const modifyFeedback = defineRoute({
  operationId: 'modify_feedback_for_step',
  method: 'patch',
  path: '/v1/steps/{step_id}/feedback',
  tag,
  summary: 'Note what somebody thought of a step',
  params: byStep,
  query: nothing,
  body: z.object({ feedback: z.enum(['positive', 'negative']).nullable().default(null), tags: z.array(z.string()).nullish() }),
  response: step,
});

export const retrieveMetricsForStep = defineRoute({
  operationId: 'retrieve_metrics_for_step',
  method: 'get',
  path: '/v1/steps/{step_id}/metrics',
  tag,
  summary: 'How long a step, its model call and its tools took',
  params: byStep,
  query: nothing,
  body: nothing,
  response: z.object({
    id: z.string(),
    organization_id: z.string().nullable(),
    provider_id: z.string().nullable(),
    run_id: z.string().nullable(),
    agent_id: z.string().nullable(),
    project_id: z.string().nullable(),
    template_id: z.string().nullable(),
    base_template_id: z.string().nullable(),
    step_start_ns: z.number().nullable(),
    llm_request_start_ns: z.number().nullable(),
    llm_request_ns: z.number().nullable(),
    tool_execution_ns: z.number().nullable(),
    step_ns: z.number().nullable(),
  }),
});

export const updateTransaction = defineRoute({
  operationId: 'update_step_transaction_id',
  method: 'patch',
  path: '/v1/steps/{step_id}/transaction/{transaction_id}',
  tag,
  summary: 'Note the transaction that a step belongs to',
  params: z.object({ step_id: pathId('step'), transaction_id: z.string() }),
  query: nothing,
  body: z.unknown(),
  response: step,
});

export const providerTrace = z.object({
  id: z.string(),
  request_json: jsonObject,
  response_json: jsonObject,
  step_id: z.string().nullable(),
  agent_id: z.string().nullable(),
  agent_tags: z.array(z.string()).nullable(),
  call_type: z.string().nullable(),
  run_id: z.string().nullable(),
  source: z.string().nullable(),
  org_id: z.string().nullable(),
  user_id: z.string().nullable(),
  compaction_settings: jsonObject.nullable(),
  llm_config: jsonObject.nullable(),
  billing_context: z.null(),
  created_at: z.string(),
  updated_at: z.string().nullable(),
  created_by_id: z.string().nullable(),
  last_updated_by_id: z.string().nullable(),
});

export const retrieveTraceForStep = defineRoute({
  operationId: 'retrieve_trace_for_step',
  method: 'get',
  path: '/v1/steps/{step_id}/trace',
  tag,
  summary: "A step's model call as it was on the wire; null when none was kept",
  params: byStep,
  query: nothing,
  body: nothing,
  response: providerTrace.nullable(),
});

export const retrieveProviderTrace = defineRoute({
  operationId: 'retrieve_provider_trace',
  method: 'get',
  path: '/v1/telemetry/{step_id}',
  tag: 'telemetry',
  summary: 'The same by its old path',
  params: byStep,
  query: nothing,
  body: nothing,
  response: providerTrace.nullable(),
});
