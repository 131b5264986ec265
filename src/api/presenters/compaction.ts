import type { CompactionRecord } from '../../repositories/compaction-history.repository.js';
import { instantOrNull } from './wire-fields.js';

export function presentCompaction(record: CompactionRecord, conversation: { readonly agentId: string; readonly isDefault: boolean }) {
  const { stats } = record;
  return {
    id: record.id,
    agent_id: conversation.agentId,
    conversation_id: conversation.isDefault ? null : record.conversationId,
    run_id: record.runId,
    trigger: stats.trigger,
    method: record.method,
    model_calls: record.modelCalls,
    summary: record.summary,
    summary_message_id: record.summaryMessageId,
    evicted_message_ids: record.evictedIds,
    context_tokens_before: stats.contextTokensBefore,
    context_tokens_after: stats.contextTokensAfter,
    context_window: stats.contextWindow,
    messages_count_before: stats.messagesCountBefore,
    messages_count_after: stats.messagesCountAfter,
    state: record.undoneAt !== null ? ('undone' as const) : record.isInContext ? ('active' as const) : ('superseded' as const),
    undone_at: instantOrNull(record.undoneAt),
    created_at: record.createdAt.toISOString(),
  };
}
