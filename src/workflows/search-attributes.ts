import { defineSearchAttributeKey } from '@temporalio/common';

/** What Temporal's UI can filter by: ids only, for they are never encrypted. The API never reads them. */
export const agentIdAttribute = defineSearchAttributeKey('AgentId', 'KEYWORD');
export const conversationIdAttribute = defineSearchAttributeKey('ConversationId', 'KEYWORD');
/** `RunId` is Temporal's own: there it means an execution of a workflow. */
export const runIdAttribute = defineSearchAttributeKey('AgentRunId', 'KEYWORD');

export const searchAttributeKeys = [agentIdAttribute, conversationIdAttribute, runIdAttribute] as const;
