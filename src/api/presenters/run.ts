import type { RunUsage } from '../../domain/runs/run-event.js';
import type { RequestConfig } from '../../domain/runs/run-request.js';
import type { RunMetricsRecord, RunRecord } from '../../repositories/run-list.repository.js';
import { instantOrNull, numberOrNull } from './wire-fields.js';

export function presentRun(run: RunRecord) {
  return {
    id: run.id,
    agent_id: run.agentId,
    status: run.status,
    created_at: run.createdAt.toISOString(),
    completed_at: instantOrNull(run.completedAt),
    background: run.background,
    metadata: run.metadata,
    request_config: run.requestConfig === null ? null : presentRequestConfig(run.requestConfig),
    stop_reason: run.stopReason,
    conversation_id: run.isDefaultConversation ? null : run.conversationId,
    base_template_id: run.baseTemplateId,
    callback_url: run.callbackUrl,
    callback_sent_at: instantOrNull(run.callbackSentAt),
    callback_status_code: run.callbackStatusCode,
    callback_error: run.callbackError,
    ttft_ns: numberOrNull(run.ttftNs),
    total_duration_ns: numberOrNull(run.totalDurationNs),
    cost: run.cost,
  };
}

/** V1's RunMetrics. */
export function presentRunMetrics(metrics: RunMetricsRecord) {
  return {
    id: metrics.id,
    organization_id: metrics.organizationId,
    agent_id: metrics.agentId,
    project_id: metrics.projectId,
    run_start_ns: numberOrNull(metrics.runStartNs),
    run_ns: numberOrNull(metrics.runNs),
    num_steps: metrics.numSteps,
    tools_used: metrics.toolsUsed,
    template_id: metrics.templateId,
    base_template_id: metrics.baseTemplateId,
  };
}

function presentRequestConfig(config: RequestConfig) {
  return {
    use_assistant_message: config.useAssistantMessage,
    assistant_message_tool_name: config.assistantMessageToolName,
    assistant_message_tool_kwarg: config.assistantMessageToolKwarg,
    include_return_message_types: config.includeReturnMessageTypes,
  };
}

/** V1's usage_statistics, in answers and at the end of streams. */
export function presentUsage(usage: RunUsage) {
  return {
    message_type: 'usage_statistics' as const,
    completion_tokens: usage.completionTokens,
    prompt_tokens: usage.promptTokens,
    total_tokens: usage.totalTokens,
    step_count: usage.stepCount,
    run_ids: null,
    cached_input_tokens: usage.cachedInputTokens,
    cache_write_tokens: usage.cacheWriteTokens,
    reasoning_tokens: usage.reasoningTokens,
    context_tokens: usage.contextTokens,
    cost: usage.cost ?? null,
  };
}

/** V1's other form of the same sums. */
export function presentRunUsage(usage: RunUsage) {
  return {
    completion_tokens: usage.completionTokens,
    prompt_tokens: usage.promptTokens,
    total_tokens: usage.totalTokens,
    cost: usage.cost ?? null,
    completion_tokens_details: usage.reasoningTokens === null ? null : { reasoning_tokens: usage.reasoningTokens },
    prompt_tokens_details:
      usage.cachedInputTokens === null && usage.cacheWriteTokens === null
        ? null
        : {
            cached_tokens: usage.cachedInputTokens,
            cache_read_tokens: usage.cachedInputTokens,
            cache_creation_tokens: usage.cacheWriteTokens,
          },
  };
}
