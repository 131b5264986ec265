import type { JobRecord } from '../../repositories/jobs.repository.js';
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

/** A piece of work that no run does as V1's Job. */
export function presentBackgroundJob(job: JobRecord) {
  const { id, kind, subjectId, status, total, done, report, error, createdById } = job;
  return {
    id,
    user_id: createdById,
    status,
    created_at: job.createdAt.toISOString(),
    updated_at: job.updatedAt.toISOString(),
    completed_at: job.completedAt?.toISOString() ?? null,
    stop_reason: null,
    metadata: { kind, subject_id: subjectId, total, done, report, error },
    job_type: 'job' as const,
    background: true,
    agent_id: null,
    callback_url: null,
    callback_sent_at: null,
    callback_status_code: null,
    callback_error: null,
    ttft_ns: null,
    total_duration_ns: null,
    created_by_id: createdById,
    last_updated_by_id: null,
  };
}
