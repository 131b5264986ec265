import type { TraceRecord } from '../../repositories/provider-traces.repository.js';

/** V1's ProviderTrace. */
export function presentTrace(trace: TraceRecord, userId: string) {
  return {
    id: trace.id,
    request_json: trace.request,
    response_json: trace.response,
    step_id: trace.stepId,
    agent_id: trace.agentId,
    agent_tags: trace.agentTags,
    call_type: trace.callType,
    run_id: trace.runId,
    source: null,
    org_id: trace.organizationId,
    user_id: userId,
    compaction_settings: null,
    llm_config: null,
    billing_context: null,
    created_at: trace.createdAt.toISOString(),
    updated_at: null,
    created_by_id: userId,
    last_updated_by_id: null,
  };
}
