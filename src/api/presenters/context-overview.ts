import type { ContextOverview } from '../../activities/llm/context-overview.js';
import { totalOf } from '../../domain/context-window/context-parts.js';
import { presentStoredMessage } from './stored-message.js';

/** V1's overview of a context window. A memory that is files itself is no part of a prompt here. */
export function presentContextOverview(overview: ContextOverview, conversationId: string | null) {
  const { tokens, sections, functions, messages, summary } = overview;
  return {
    context_window_size_max: overview.window,
    context_window_size_current: totalOf(tokens),
    num_messages: messages.length,
    num_archival_memory: overview.archivalCount,
    num_recall_memory: overview.recallCount,
    num_tokens_external_memory_summary: tokens.metadata,
    external_memory_summary: sections.metadata,
    num_tokens_system: tokens.system,
    system_prompt: sections.system,
    num_tokens_core_memory: tokens.coreMemory,
    core_memory: sections.coreMemory,
    num_tokens_memory_filesystem: 0,
    memory_filesystem: null,
    num_tokens_tool_usage_rules: tokens.toolRules,
    tool_usage_rules: sections.toolRules === '' ? null : sections.toolRules,
    num_tokens_directories: tokens.directories,
    directories: sections.directories === '' ? null : sections.directories,
    num_tokens_summary_memory: tokens.summary,
    summary_memory: summary,
    num_tokens_functions_definitions: tokens.functions,
    functions_definitions: functions.length === 0 ? null : functions,
    num_tokens_messages: tokens.messages,
    messages: messages.map(message => presentStoredMessage(message, conversationId)),
    token_count_method: overview.method,
  };
}
