import { randomUUID } from 'node:crypto';
import type { PurgeRepository } from '../../../repositories/purge.repository.js';
import type { JobStarter } from '../../../temporal/job-starter.js';
import type { RequestContext } from '../../mount-route.js';

export interface LargeDeletionDeps {
  readonly purges: Pick<PurgeRepository, 'startIfLarge'>;
  readonly jobStarter: JobStarter;
  /** Messages of an agent, or passages of an archive, that are deleted at once. */
  readonly rowsDeletedAtOnce: number;
  /** A workflow could not be started; reconcile does it later. */
  readonly onWakeFailed: (error: unknown, id: string) => void;
}

/**
 * Makes a job of a deletion that would take too long for one statement, and says so by 202 and the job's id in a header; the body is that of every deletion.
 * False = it is small, or not there.
 */
export async function purgeIfLarge(deps: LargeDeletionDeps, subjectId: string, context: RequestContext): Promise<boolean> {
  const { organizationId, userId, response } = context;
  const id = await deps.purges.startIfLarge({ jobId: `job-${randomUUID()}`, organizationId, subjectId, userId }, deps.rowsDeletedAtOnce);
  if (id === null) return false;
  await deps.jobStarter.start({ id, kind: 'purge' }).catch((error: unknown) => deps.onWakeFailed(error, id));
  response.status(202).setHeader('x-perdura-job-id', id);
  return true;
}
