import { cancelJob, deleteJob, listActiveJobs, listJobs, retrieveJob } from '../../../contract/jobs.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import { openStatuses } from '../../../repositories/run-list.repository.js';
import type { RunRecord } from '../../../repositories/run-list.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentJob } from '../../presenters/job.js';
import { cancelAndWait } from '../messages/cancel-runs.js';
import type { CancelRunsDeps } from '../messages/cancel-runs.js';
import { pageOf } from '../page.js';

export function jobRoutes(deps: CancelRunsDeps): MountedRoute[] {
  const { runs } = deps;
  const find = async (id: string, context: RequestContext): Promise<RunRecord> => {
    const run = await runs.find(context.organizationId, id);
    if (run === null) throw notFound('Job', id);
    return run;
  };
  return [
    handleRoute(listJobs, async ({ query }, context) => {
      const statuses = query.active ? openStatuses : undefined;
      const filter = { organizationId: context.organizationId, sourceId: query.source_id, statuses };
      const page = { ...pageOf(query), ascending: query.ascending ?? query.order === 'asc' };
      return (await runs.list(filter, page)).map(run => presentJob(run, context.userId));
    }),
    handleRoute(listActiveJobs, async ({ query }, context) => {
      const filter = { organizationId: context.organizationId, sourceId: query.source_id, statuses: openStatuses };
      const page = pageOf({ ...query, order: query.ascending ? 'asc' : 'desc' });
      return (await runs.list(filter, page)).map(run => presentJob(run, context.userId));
    }),
    handleRoute(retrieveJob, async ({ params }, context) => presentJob(await find(params.job_id, context), context.userId)),
    handleRoute(cancelJob, async ({ params }, context) => {
      const { id: runId, agentId, conversationId, status } = await find(params.job_id, context);
      await cancelAndWait(deps, [{ runId, agentId, conversationId, isRunning: status === 'running' }]);
      return presentJob(await find(runId, context), context.userId);
    }),
    handleRoute(deleteJob, async ({ params }, context) => {
      const run = await find(params.job_id, context);
      const outcome = await runs.delete(context.organizationId, run.id);
      if (outcome === 'missing') throw notFound('Job', run.id);
      if (outcome === 'open') throw new RequestError('conflict', `Job ${run.id} has not ended: cancel it first`);
      return presentJob(run, context.userId);
    }),
  ];
}
