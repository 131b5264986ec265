import { z } from 'zod';
import { idPattern } from '../domain/ids.js';
import { createdAtOrder, instant, jsonObject, listOf, nothing, paging, pathId, queryBoolean, queryInteger } from './fields.js';
import { lettaResponse, messageType, previewedRequest, sendBody } from './messages.contract.js';
import { modelName, modelSettings } from './model-config.contract.js';
import { defineRoute } from './route.js';
import { retrieveStreamBody, wireMessage } from './runs.contract.js';

export const conversation = z.object({
  id: z.string(),
  agent_id: z.string(),
  summary: z.string().nullable(),
  in_context_message_ids: z.array(z.string()),
  isolated_block_ids: z.array(z.string()),
  model: z.string().nullable(),
  model_settings: jsonObject.nullable(),
  last_message_at: instant.nullable(),
  created_at: instant.nullable(),
  updated_at: instant.nullable(),
  created_by_id: z.string().nullable(),
  last_updated_by_id: z.string().nullable(),
});

const members = {
  summary: z.string().nullish(),
  /** `<provider>/<model>` */
  model: modelName.nullish(),
  model_settings: modelSettings.nullish(),
};
const createBody = z.object({ ...members, isolated_block_labels: z.array(z.string()).nullish() });
const updateBody = z.object({ ...members, last_message_at: z.iso.datetime({ offset: true, local: true }).nullish() });

export type ConversationMembersBody = Pick<z.output<typeof createBody>, 'summary' | 'model' | 'model_settings'>;

const anyConversation = new RegExp(`^(default|${[idPattern('conv'), idPattern('agent')].map(pattern => pattern.slice(1, -1)).join('|')})$`);
/** Its id, `default` beside an agent's id, or that of the agent alone. */
export const conversationName = z
  .string()
  .regex(anyConversation, "String should be 'default' or match pattern 'conv-{uuid4}' or 'agent-{uuid4}'");

const tag = 'conversations';
const byConversation = z.object({ conversation_id: pathId('conv') });
/** Also `default`, with the agent's id in the query or the body, and an agent's id, which means its default conversation. */
export const byAnyConversation = z.object({
  conversation_id: conversationName,
});
const agentId = z.string().nullish();

export const createConversation = defineRoute({
  operationId: 'create_conversation',
  optionalBody: true,
  method: 'post',
  path: '/v1/conversations/',
  tag,
  summary: 'Begin another conversation with an agent',
  params: nothing,
  query: z.object({ agent_id: z.string() }),
  body: createBody,
  response: conversation,
});

export const listConversations = defineRoute({
  operationId: 'list_conversations',
  method: 'get',
  path: '/v1/conversations/',
  tag,
  summary: 'List conversations',
  params: nothing,
  query: z.object({
    agent_id: z.string().optional(),
    limit: queryInteger(1).default(50),
    after: z.string().optional(),
    summary_search: z.string().optional(),
    order: z.enum(['asc', 'desc']).default('desc'),
    order_by: z.enum(['created_at', 'last_run_completion', 'last_message_at']).default('created_at'),
  }),
  body: nothing,
  response: z.array(conversation),
});

export const retrieveConversation = defineRoute({
  operationId: 'retrieve_conversation',
  method: 'get',
  path: '/v1/conversations/{conversation_id}',
  tag,
  summary: 'Retrieve a conversation',
  params: byConversation,
  query: nothing,
  body: nothing,
  response: conversation,
});

export const updateConversation = defineRoute({
  operationId: 'update_conversation',
  method: 'patch',
  path: '/v1/conversations/{conversation_id}',
  tag,
  summary: 'Change a conversation',
  params: byConversation,
  query: nothing,
  body: updateBody,
  response: conversation,
});

export const deleteConversation = defineRoute({
  operationId: 'delete_conversation',
  method: 'delete',
  path: '/v1/conversations/{conversation_id}',
  tag,
  summary: 'Delete a conversation, cancelling what it is busy with; its messages stay in the history of the agent',
  params: byConversation,
  query: nothing,
  body: nothing,
  response: z.null(),
});

const conversationSendBody = sendBody.extend({ streaming: z.boolean().default(true), agent_id: agentId });

export const sendConversationMessage = defineRoute({
  operationId: 'send_conversation_message',
  method: 'post',
  path: '/v1/conversations/{conversation_id}/messages',
  tag,
  summary: 'Send a message to a conversation and stream the answer, or wait for it',
  params: byAnyConversation,
  query: nothing,
  body: conversationSendBody,
  response: lettaResponse,
  streams: true,
});

export const previewConversationModelRequest = defineRoute({
  operationId: 'preview_conversation_model_request',
  method: 'post',
  path: '/v1/conversations/{conversation_id}/messages/preview-raw-payload',
  tag,
  summary: "Show what the conversation's model would be sent first for a message, without sending it",
  params: byAnyConversation,
  query: nothing,
  body: conversationSendBody,
  response: previewedRequest,
});

export const listConversationMessages = defineRoute({
  operationId: 'list_conversation_messages',
  method: 'get',
  path: '/v1/conversations/{conversation_id}/messages',
  tag,
  summary: "List a conversation's messages, in the context or not",
  params: byAnyConversation,
  query: z.object({
    agent_id: z.string().optional(),
    ...paging({ limit: 100, order: 'desc' }),
    order_by: createdAtOrder,
    group_id: z.string().optional(),
    include_err: queryBoolean.optional(),
    include_return_message_types: listOf(messageType).optional(),
  }),
  body: nothing,
  response: z.array(wireMessage),
});

export const retrieveConversationStream = defineRoute({
  operationId: 'retrieve_conversation_stream',
  optionalBody: true,
  method: 'post',
  path: '/v1/conversations/{conversation_id}/stream',
  tag,
  summary: "Follow a conversation's run: the one that is named by id or otid, else the newest that has not ended",
  params: byAnyConversation,
  query: nothing,
  body: retrieveStreamBody,
  response: wireMessage,
  streams: true,
});

export const cancelConversation = defineRoute({
  operationId: 'cancel_conversation',
  method: 'post',
  path: '/v1/conversations/{conversation_id}/cancel',
  tag,
  summary: "Cancel a conversation's runs",
  params: byAnyConversation,
  query: z.object({ agent_id: z.string().optional() }),
  body: nothing,
  response: z.record(z.string(), z.string()),
});
