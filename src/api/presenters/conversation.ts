import type { ConversationRecord } from '../../repositories/conversations.repository.js';
import { instantOrNull } from './wire-fields.js';

export function presentConversation(conversation: ConversationRecord) {
  return {
    id: conversation.id,
    agent_id: conversation.agentId,
    summary: conversation.summary,
    in_context_message_ids: conversation.inContextMessageIds,
    isolated_block_ids: conversation.isolatedBlockIds,
    model: conversation.model,
    model_settings: conversation.modelSettings,
    last_message_at: instantOrNull(conversation.lastMessageAt),
    created_at: instantOrNull(conversation.createdAt),
    updated_at: instantOrNull(conversation.updatedAt),
    created_by_id: conversation.createdById,
    last_updated_by_id: conversation.lastUpdatedById,
  };
}
