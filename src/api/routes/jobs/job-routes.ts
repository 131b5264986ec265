import { cancelJob, deleteJob, listActiveJobs, listJobs, retrieveJob } from '../../../contract/jobs.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import { isId } from '../../../domain/ids.js';
import type { JobRecord, JobsRepository } from '../../../repositories/jobs.repository.js';
import { openStatuses } from '../../../repositories/run-list.repository.js';
import type { RunRecord } from '../../../repositories/run-list.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentBackgroundJob, presentJob } from '../../presenters/job.js';
import { cancelAndWait } from '../messages/cancel-runs.js';
import type { CancelRunsDeps } from '../messages/cancel-runs.js';
import { pageOf } from '../page.js';

export interface JobRoutesDeps extends CancelRunsDeps {
  readonly jobs: JobsRepository;
}

/** Runs stand under their own ids; what no run does has ids of jobs. */
export function jobRoutes(deps: JobRoutesDeps): MountedRoute[] {
  const { runs, jobs } = deps;
  return [
    handleRoute(listJobs, async ({ query }, context) => {
      const page = { ...pageOf(query), ascending: query.ascending ?? query.order === 'asc' };
      if (query.job_type === 'job') return (await jobs.list(context.organizationId, query.active, page)).map(presentBackgroundJob);
      const statuses = query.active ? openStatuses : undefined;
      const filter = { organizationId: context.organizationId, sourceId: query.source_id, statuses };
      return (await runs.list(filter, page)).map(run => presentJob(run, context.userId));
    }),
    handleRoute(listActiveJobs, async ({ query }, context) => {
      const filter = { organizationId: context.organizationId, sourceId: query.source_id, statuses: openStatuses };
      const page = pageOf({ ...query, order: query.ascending ? 'asc' : 'desc' });
      return (await runs.list(filter, page)).map(run => presentJob(run, context.userId));
    }),
    handleRoute(retrieveJob, async ({ params: { job_id: id } }, context) =>
      isId('job', id)
        ? presentBackgroundJob(await findJob(jobs, id, context))
        : presentJob(await findRun(runs, id, context), context.userId),
    ),
    handleRoute(cancelJob, async ({ params: { job_id: id } }, context) => {
      if (isId('job', id)) {
        await jobs.cancel(context.organizationId, id);
        return presentBackgroundJob(await findJob(jobs, id, context));
      }
      const { id: runId, agentId, conversationId, status } = await findRun(runs, id, context);
      await cancelAndWait(deps, [{ runId, agentId, conversationId, isRunning: status === 'running' }]);
      return presentJob(await findRun(runs, runId, context), context.userId);
    }),
    handleRoute(deleteJob, async ({ params: { job_id: id } }, context) => {
      const job = isId('job', id) ? await findJob(jobs, id, context) : await findRun(runs, id, context);
      const outcome = await (isId('job', id) ? jobs : runs).delete(context.organizationId, id);
      if (outcome === 'missing') throw notFound('Job', id);
      if (outcome === 'open') throw new RequestError('conflict', `Job ${id} has not ended: cancel it first`);
      return 'kind' in job ? presentBackgroundJob(job) : presentJob(job, context.userId);
    }),
  ];
}

async function findJob(jobs: JobsRepository, id: string, { organizationId }: RequestContext): Promise<JobRecord> {
  const job = await jobs.find(organizationId, id);
  if (job === null) throw notFound('Job', id);
  return job;
}

async function findRun(runs: CancelRunsDeps['runs'], id: string, { organizationId }: RequestContext): Promise<RunRecord> {
  const run = await runs.find(organizationId, id);
  if (run === null) throw notFound('Job', id);
  return run;
}
