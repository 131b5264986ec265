import type { StepMetricsRecord, StepRecord } from '../../repositories/step-list.repository.js';
import { numberOrNull } from './wire-fields.js';

export function presentStep(step: StepRecord) {
  return {
    id: step.id,
    origin: step.origin,
    organization_id: step.organizationId,
    provider_id: step.providerId,
    run_id: step.runId,
    agent_id: step.agentId,
    provider_name: step.providerName,
    provider_category: step.providerCategory,
    model: step.model,
    model_handle: step.modelHandle,
    model_endpoint: step.modelEndpoint,
    context_window_limit: step.contextWindowLimit,
    prompt_tokens: step.promptTokens,
    completion_tokens: step.completionTokens,
    total_tokens: step.totalTokens,
    cached_input_tokens: step.cachedInputTokens,
    cache_write_tokens: step.cacheWriteTokens,
    reasoning_tokens: step.reasoningTokens,
    completion_tokens_details: step.reasoningTokens === null ? null : { reasoning_tokens: step.reasoningTokens },
    prompt_tokens_details: step.cachedInputTokens === null ? null : { cached_tokens: step.cachedInputTokens },
    cost: step.cost,
    stop_reason: step.stopReason,
    tags: step.tags,
    tid: step.tid,
    trace_id: step.traceId,
    request_id: step.requestId,
    messages: [],
    feedback: step.feedback,
    project_id: step.projectId,
    error_type: step.errorType,
    error_data: step.errorData,
    status: step.status,
  };
}

/** V1's StepMetrics. */
export function presentStepMetrics(metrics: StepMetricsRecord) {
  return {
    id: metrics.id,
    organization_id: metrics.organizationId,
    provider_id: metrics.providerId,
    run_id: metrics.runId,
    agent_id: metrics.agentId,
    project_id: metrics.projectId,
    template_id: metrics.templateId,
    base_template_id: metrics.baseTemplateId,
    step_start_ns: numberOrNull(metrics.stepStartNs),
    llm_request_start_ns: numberOrNull(metrics.modelRequestStartNs),
    llm_request_ns: numberOrNull(metrics.modelRequestNs),
    tool_execution_ns: numberOrNull(metrics.toolExecutionNs),
    step_ns: numberOrNull(metrics.stepNs),
  };
}
