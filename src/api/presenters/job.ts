import type { RunRecord } from '../../repositories/run-list.repository.js';
import { presentRun } from './run.js';

/** A run as V1's Job. */
export function presentJob(run: RunRecord, userId: string) {
  const { id, status, created_at, completed_at, stop_reason, metadata, background, agent_id, ...rest } = presentRun(run);
  return {
    id,
    user_id: userId,
    status,
    created_at,
    updated_at: run.updatedAt.toISOString(),
    completed_at,
    stop_reason,
    metadata,
    job_type: 'run' as const,
    background,
    agent_id,
    callback_url: rest.callback_url,
    callback_sent_at: rest.callback_sent_at,
    callback_status_code: rest.callback_status_code,
    callback_error: rest.callback_error,
    ttft_ns: rest.ttft_ns,
    total_duration_ns: rest.total_duration_ns,
    created_by_id: userId,
    last_updated_by_id: null,
  };
}
