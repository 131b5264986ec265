import { z } from 'zod';
import { instant, jsonObject, listOf, nothing, paging } from './fields.js';
import { messageType } from './messages.contract.js';
import { defineRoute } from './route.js';
import { wireMessage } from './runs.contract.js';

const tag = 'messages';

export const listAllMessages = defineRoute({
  operationId: 'list_all_messages',
  method: 'get',
  path: '/v1/messages/',
  tag,
  summary: 'List the messages of all agents',
  params: nothing,
  query: z.object({
    ...paging({ limit: 100, order: 'desc' }),
    conversation_id: z.string().optional(),
    include_return_message_types: listOf(messageType).optional(),
  }),
  body: nothing,
  response: z.array(wireMessage),
});

const searchFields = {
  agent_id: z.string().nullish(),
  conversation_id: z.string().nullish(),
  start_date: z.string().nullish(),
  end_date: z.string().nullish(),
  search_mode: z.enum(['vector', 'fts', 'hybrid']).default('hybrid'),
  limit: z.number().int().min(1).max(100).default(50),
};

const place = {
  message_id: z.string(),
  agent_id: z.string().nullable(),
  conversation_id: z.string().nullable(),
  created_at: instant,
};

export const searchAllMessages = defineRoute({
  operationId: 'search_all_messages',
  method: 'post',
  path: '/v1/messages/search',
  tag,
  summary: 'Search the messages of all agents by meaning and by words',
  params: nothing,
  query: nothing,
  body: z.object({ ...searchFields, query: z.string() }),
  response: z.array(
    z.discriminatedUnion('message_type', [
      z.object({ message_type: z.literal('system_message'), content: z.string(), ...place }),
      z.object({ message_type: z.literal('user_message'), content: z.union([z.string(), z.array(jsonObject)]), ...place }),
      z.object({ message_type: z.literal('reasoning_message'), reasoning: z.string(), ...place }),
      z.object({ message_type: z.literal('assistant_message'), content: z.union([z.string(), z.array(jsonObject)]), ...place }),
    ]),
  ),
});

export const searchMessages = defineRoute({
  operationId: 'search_messages',
  method: 'post',
  path: '/v1/agents/messages/search',
  tag: 'agents',
  summary: 'Search stored messages, with the ranks that they were found by',
  params: nothing,
  query: nothing,
  body: z.object({
    ...searchFields,
    query: z.string().nullish(),
    roles: z.array(z.enum(['assistant', 'user', 'tool', 'function', 'system', 'approval', 'summary'])).nullish(),
    project_id: z.string().nullish(),
    template_id: z.string().nullish(),
  }),
  response: z.array(
    z.object({
      embedded_text: z.string(),
      message: jsonObject,
      fts_rank: z.number().int().nullable(),
      vector_rank: z.number().int().nullable(),
      rrf_score: z.number(),
    }),
  ),
});

export type MessageSearchFields = Pick<z.output<typeof searchMessages.body>, keyof typeof searchFields>;
