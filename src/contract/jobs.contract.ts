import { z } from 'zod';
import { idPattern } from '../domain/ids.js';
import { createdAtOrder, instant, jsonObject, nothing, paging, queryBoolean, queryInteger } from './fields.js';
import { defineRoute } from './route.js';

export const jobStatus = z.enum(['created', 'running', 'completed', 'failed', 'pending', 'cancelled', 'expired']);

/** V1's Job: a run, under the run's id, or a long piece of work that no run does, such as to make the vectors of an archive anew. */
export const job = z.object({
  id: z.string(),
  user_id: z.string().nullable(),
  status: jobStatus,
  created_at: instant,
  updated_at: instant.nullable(),
  completed_at: instant.nullable(),
  stop_reason: z.string().nullable(),
  metadata: jsonObject.nullable(),
  job_type: z.enum(['job', 'run', 'batch']),
  background: z.boolean().nullable(),
  agent_id: z.string().nullable(),
  callback_url: z.string().nullable(),
  callback_sent_at: instant.nullable(),
  callback_status_code: z.number().nullable(),
  callback_error: z.string().nullable(),
  ttft_ns: z.number().nullable(),
  total_duration_ns: z.number().nullable(),
  created_by_id: z.string().nullable(),
  last_updated_by_id: z.string().nullable(),
});

const tag = 'jobs';
const id = z.string().regex(new RegExp(`${idPattern('job')}|${idPattern('run')}`), "String should match pattern 'job-{uuid4}'");
const byJob = z.object({ job_id: id });

export const listJobs = defineRoute({
  operationId: 'list_jobs',
  method: 'get',
  path: '/v1/jobs/',
  tag,
  summary: 'List jobs',
  params: nothing,
  query: z.object({
    source_id: z.string().optional(),
    ...paging({ limit: 100, order: 'desc' }),
    order_by: createdAtOrder,
    active: queryBoolean.default(false),
    /** Of this server, beside V1: `job` lists what no run does. */
    job_type: z.enum(['run', 'job']).default('run'),
    ascending: queryBoolean.optional(),
  }),
  body: nothing,
  response: z.array(job),
});

export const listActiveJobs = defineRoute({
  operationId: 'list_active_jobs',
  method: 'get',
  path: '/v1/jobs/active',
  tag,
  summary: 'List the jobs that have not ended',
  params: nothing,
  query: z.object({
    source_id: z.string().optional(),
    before: z.string().optional(),
    after: z.string().optional(),
    limit: queryInteger(1).default(50),
    ascending: queryBoolean.default(true),
  }),
  body: nothing,
  response: z.array(job),
});

export const retrieveJob = defineRoute({
  operationId: 'retrieve_job',
  method: 'get',
  path: '/v1/jobs/{job_id}',
  tag,
  summary: 'Retrieve a job',
  params: byJob,
  query: nothing,
  body: nothing,
  response: job,
});

export const cancelJob = defineRoute({
  operationId: 'cancel_job',
  method: 'patch',
  path: '/v1/jobs/{job_id}/cancel',
  tag,
  summary: 'Cancel a job; one that has ended stays as it is',
  params: byJob,
  query: nothing,
  body: z.unknown(),
  response: job,
});

export const deleteJob = defineRoute({
  operationId: 'delete_job',
  method: 'delete',
  path: '/v1/jobs/{job_id}',
  tag,
  summary: 'Delete a job that has ended',
  params: byJob,
  query: nothing,
  body: nothing,
  response: job,
});
