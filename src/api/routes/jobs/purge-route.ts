import { randomUUID } from 'node:crypto';
import { purgeIdentity } from '../../../contract/purges.contract.js';
import { notFound } from '../../../domain/errors.js';
import type { JobsRepository } from '../../../repositories/jobs.repository.js';
import type { PurgeRepository } from '../../../repositories/purge.repository.js';
import type { JobStarter } from '../../../temporal/job-starter.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';
import { presentBackgroundJob } from '../../presenters/job.js';

export interface PurgeRouteDeps {
  readonly purges: Pick<PurgeRepository, 'startOfIdentity'>;
  readonly jobs: Pick<JobsRepository, 'find'>;
  readonly jobStarter: JobStarter;
  /** A workflow could not be started; reconcile does it later. */
  readonly onWakeFailed: (error: unknown, id: string) => void;
}

export function purgeRoute({ purges, jobs, jobStarter, onWakeFailed }: PurgeRouteDeps): MountedRoute {
  return handleRoute(purgeIdentity, async ({ body: { identity_id: identityId } }, { organizationId, userId }) => {
    const id = await purges.startOfIdentity({ jobId: `job-${randomUUID()}`, organizationId, subjectId: identityId, userId });
    const job = id === null ? null : await jobs.find(organizationId, id);
    if (job === null) throw notFound('Identity', identityId);
    await jobStarter.start(job).catch((error: unknown) => onWakeFailed(error, job.id));
    return presentBackgroundJob(job);
  });
}
