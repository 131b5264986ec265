import { z } from 'zod';
import { conversationName } from './conversations.contract.js';
import { instant, nothing, paging, pathId } from './fields.js';
import { defineRoute } from './route.js';

/** Operations of this server, beside V1: the compactions that have happened to a conversation. */
const compaction = z.object({
  id: z.string(),
  agent_id: z.string(),
  /** Null for the agent's default conversation. */
  conversation_id: z.string().nullable(),
  /** The run in which the context was too long; null when a client asked for the compaction. */
  run_id: z.string().nullable(),
  trigger: z.string(),
  /** A mode of the settings, or `extract` where no model has helped. Null for what is older than this field. */
  method: z.enum(['all', 'sliding_window', 'self_compact_all', 'self_compact_sliding_window', 'extract']).nullable(),
  /** Answers of models that the summary was made from. */
  model_calls: z.number().nullable(),
  summary: z.string(),
  summary_message_id: z.string(),
  evicted_message_ids: z.array(z.string()),
  context_tokens_before: z.number().nullable(),
  context_tokens_after: z.number().nullable(),
  context_window: z.number(),
  messages_count_before: z.number(),
  messages_count_after: z.number(),
  /** `active`: the summary is in the context. `superseded`: it has left with a later compaction or a reset. */
  state: z.enum(['active', 'superseded', 'undone']),
  undone_at: instant.nullable(),
  created_at: instant,
});

const tag = 'compactions';
const byCompaction = { compaction_id: pathId('compaction') };
const page = paging({ limit: 50, order: 'desc' });
const ofConversation = z.object({ conversation_id: conversationName });
const ofAgent = z.object({ agent_id: pathId('agent') });

export const listAgentCompactions = defineRoute({
  operationId: 'list_agent_compactions',
  method: 'get',
  path: '/v1/agents/{agent_id}/compactions',
  tag,
  summary: "List the compactions of an agent's default conversation",
  params: ofAgent,
  query: z.object(page),
  body: nothing,
  response: z.array(compaction),
});

export const undoAgentCompaction = defineRoute({
  operationId: 'undo_agent_compaction',
  method: 'post',
  path: '/v1/agents/{agent_id}/compactions/{compaction_id}/undo',
  tag,
  summary: "Put the messages of a compaction of an agent's default conversation in the place of its summary again",
  params: ofAgent.extend(byCompaction),
  query: nothing,
  body: nothing,
  response: compaction,
});

export const listConversationCompactions = defineRoute({
  operationId: 'list_conversation_compactions',
  method: 'get',
  path: '/v1/conversations/{conversation_id}/compactions',
  tag,
  summary: 'List the compactions of a conversation',
  params: ofConversation,
  query: z.object({ ...page, agent_id: z.string().optional() }),
  body: nothing,
  response: z.array(compaction),
});

export const undoConversationCompaction = defineRoute({
  operationId: 'undo_conversation_compaction',
  method: 'post',
  path: '/v1/conversations/{conversation_id}/compactions/{compaction_id}/undo',
  tag,
  summary: 'Put the messages of a compaction in the place of its summary again; waits for what the conversation is busy with',
  params: ofConversation.extend(byCompaction),
  query: z.object({ agent_id: z.string().optional() }),
  body: nothing,
  response: compaction,
});

export type ListCompactionsQuery = z.output<typeof listConversationCompactions.query>;
