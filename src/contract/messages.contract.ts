import { z } from 'zod';
import { runBudgetBody } from './budgets.contract.js';
import { busyPolicy, createdAtOrder, jsonObject, key, listOf, nothing, paging, pathId, queryBoolean } from './fields.js';
import { modelName } from './model-config.contract.js';
import { defineRoute } from './route.js';
import { run, wireMessage } from './runs.contract.js';

export const messageType = z.enum([
  'system_message',
  'user_message',
  'assistant_message',
  'reasoning_message',
  'hidden_reasoning_message',
  'tool_call_message',
  'tool_return_message',
  'approval_request_message',
  'approval_response_message',
  'summary_message',
  'event_message',
]);

const textContent = z.object({ type: z.literal('text'), text: z.string(), signature: z.string().nullish() });
const imageContent = z.object({
  type: z.literal('image'),
  source: z.discriminatedUnion('type', [
    z.object({ type: z.literal('url'), url: z.string(), detail: z.string().nullish() }),
    z.object({ type: z.literal('base64'), media_type: z.string(), data: z.string(), detail: z.string().nullish() }),
  ]),
});
export const userContent = z.discriminatedUnion('type', [textContent, imageContent]);

const messageCreate = z.object({
  type: z.literal('message').nullish(),
  role: z.enum(['user', 'system', 'assistant']),
  content: z.union([z.string(), z.array(userContent)]),
  name: z.string().nullish(),
  otid: key.nullish(),
  sender_id: z.string().nullish(),
  batch_item_id: z.string().nullish(),
  group_id: z.string().nullish(),
});
const approvalReturn = z.object({
  type: z.literal('approval').nullish(),
  tool_call_id: z.string(),
  approve: z.boolean(),
  reason: z.string().nullish(),
});
const toolReturn = z.object({
  type: z.literal('tool').nullish(),
  tool_call_id: z.string(),
  tool_return: z.union([z.string(), z.array(userContent)]),
  status: z.enum(['success', 'error']),
  stdout: z.array(z.string()).nullish(),
  stderr: z.array(z.string()).nullish(),
});
/** An answer to one call: of the client's own tool, or whether it may run. */
export const callAnswer = z.union([toolReturn, approvalReturn]);

const answerFields = { otid: key.nullish(), group_id: z.string().nullish() };
/** The members beside `approvals` are V1's older form for a single call. Any of them stands for the type. */
const approvalCreate = z
  .object({
    type: z.literal('approval').nullish(),
    approvals: z.array(callAnswer).nullish(),
    approve: z.boolean().nullish(),
    approval_request_id: z.string().nullish(),
    reason: z.string().nullish(),
    ...answerFields,
  })
  .refine(({ approvals, approve }) => approvals != null || approve != null, "Either 'approvals' or 'approve' must be given");
const toolReturnCreate = z.object({ type: z.literal('tool_return'), tool_returns: z.array(toolReturn), ...answerFields });

const clientTool = z.object({ name: z.string().min(1), description: z.string().nullish(), parameters: jsonObject.nullish() });
const clientSkill = z.object({ name: z.string(), description: z.string(), location: z.string() });

const sendFields = {
  messages: z.array(z.union([messageCreate, toolReturnCreate, approvalCreate])).nullish(),
  input: z.union([z.string(), z.array(userContent)]).nullish(),
  max_steps: z.number().int().positive().optional(),
  use_assistant_message: z.boolean().default(true),
  assistant_message_tool_name: z.string().default('send_message'),
  assistant_message_tool_kwarg: z.string().default('message'),
  include_return_message_types: z.array(messageType).nullish(),
  include_compaction_messages: z.boolean().default(false),
  enable_thinking: z.union([z.boolean(), z.string()]).optional(),
  client_tools: z.array(clientTool).nullish(),
  client_skills: z.array(clientSkill).nullish(),
  override_model: modelName.nullish(),
  override_system: z.string().nullish(),
  return_logprobs: z.boolean().default(false),
  top_logprobs: z.number().int().nullish(),
  return_token_ids: z.boolean().default(false),
  budget: runBudgetBody.nullish(),
  /** Of this server, beside V1: what a busy conversation does with the message. */
  on_busy: busyPolicy.nullish(),
  /** Of this server: what happens while an approval is pending. reject = V1's 409; deny = the request counts as denied; queue = the message waits. */
  on_pending_approval: z.enum(['reject', 'deny', 'queue']).nullish(),
};

export const sendBody = z.object({
  ...sendFields,
  streaming: z.boolean().default(false),
  stream_tokens: z.boolean().default(false),
  background: z.boolean().default(false),
  include_pings: z.boolean().default(true),
});
export const asyncBody = z.object({ ...sendFields, callback_url: z.url({ protocol: /^https?$/, normalize: true }).nullish() });

export type SendBody = z.output<typeof sendBody>;
export type SendFields = z.output<typeof asyncBody>;
export type ImageContent = z.output<typeof imageContent>;
export type MessageCreateBody = z.output<typeof messageCreate>;
export type AnswerCreateBody = z.output<typeof approvalCreate> | z.output<typeof toolReturnCreate>;
export type CallAnswerBody = z.output<typeof callAnswer>;

export const usage = z.object({
  message_type: z.literal('usage_statistics'),
  completion_tokens: z.number(),
  prompt_tokens: z.number(),
  total_tokens: z.number(),
  step_count: z.number(),
  run_ids: z.array(z.string()).nullable(),
  cached_input_tokens: z.number().nullable(),
  cache_write_tokens: z.number().nullable(),
  reasoning_tokens: z.number().nullable(),
  context_tokens: z.number().nullable(),
  cost: z.number().nullable(),
});

export const lettaResponse = z.object({
  messages: z.array(wireMessage),
  stop_reason: z.object({ message_type: z.literal('stop_reason'), stop_reason: z.string() }),
  usage,
  logprobs: z.null(),
  turns: z.null(),
});

const tag = 'messages';
const byAgent = z.object({ agent_id: pathId('agent') });

export const sendMessage = defineRoute({
  operationId: 'send_message',
  method: 'post',
  path: '/v1/agents/{agent_id}/messages',
  tag,
  summary: 'Send a message and wait for the answer, or stream it',
  params: byAgent,
  query: nothing,
  body: sendBody,
  response: lettaResponse,
  streams: true,
});

export const createMessageStream = defineRoute({
  operationId: 'create_agent_message_stream',
  method: 'post',
  path: '/v1/agents/{agent_id}/messages/stream',
  tag,
  summary: 'Send a message and stream the answer',
  params: byAgent,
  query: nothing,
  body: sendBody,
  response: wireMessage,
  streams: true,
});

export const createMessageAsync = defineRoute({
  operationId: 'create_agent_message_async',
  method: 'post',
  path: '/v1/agents/{agent_id}/messages/async',
  tag,
  summary: 'Send a message and get the run at once',
  params: byAgent,
  query: nothing,
  body: asyncBody,
  response: run,
});

/** A request as its provider gets it, in the provider's own form. */
export const previewedRequest = z.record(z.string(), z.unknown());

export const previewModelRequest = defineRoute({
  operationId: 'preview_model_request',
  method: 'post',
  path: '/v1/agents/{agent_id}/messages/preview-raw-payload',
  tag,
  summary: "Show what the agent's model would be sent first for a message, without sending it",
  params: byAgent,
  query: nothing,
  body: sendBody,
  response: previewedRequest,
});

export const cancelMessage = defineRoute({
  operationId: 'cancel_message',
  optionalBody: true,
  method: 'post',
  path: '/v1/agents/{agent_id}/messages/cancel',
  tag,
  summary: "Cancel an agent's runs",
  params: byAgent,
  query: nothing,
  body: z.object({ run_ids: z.array(z.string()).nullish() }),
  response: z.record(z.string(), z.string()),
});

export const listMessages = defineRoute({
  operationId: 'list_messages',
  method: 'get',
  path: '/v1/agents/{agent_id}/messages',
  tag,
  summary: "List an agent's messages, in the context or not",
  params: byAgent,
  query: z.object({
    ...paging({ limit: 100, order: 'desc' }),
    order_by: createdAtOrder,
    group_id: z.string().optional(),
    conversation_id: z.string().optional(),
    use_assistant_message: queryBoolean.default(true),
    assistant_message_tool_name: z.string().default('send_message'),
    assistant_message_tool_kwarg: z.string().default('message'),
    include_err: queryBoolean.optional(),
    include_return_message_types: listOf(messageType).optional(),
  }),
  body: nothing,
  response: z.array(wireMessage),
});

export const retrieveMessage = defineRoute({
  operationId: 'retrieve_message',
  method: 'get',
  path: '/v1/messages/{message_id}',
  tag,
  summary: 'Retrieve a stored message, as the wire messages that show it',
  params: z.object({ message_id: pathId('message') }),
  query: nothing,
  body: nothing,
  response: z.array(wireMessage),
});

/** V1 answers 405 to every change of a message. */
export const modifyMessage = defineRoute({
  operationId: 'modify_message',
  method: 'patch',
  path: '/v1/agents/{agent_id}/messages/{message_id}',
  tag,
  summary: 'Messages cannot be changed',
  params: z.object({ agent_id: pathId('agent'), message_id: z.string() }),
  query: nothing,
  body: z.unknown(),
  response: wireMessage,
});
