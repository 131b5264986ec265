import { randomUUID } from 'node:crypto';
import type { EmbeddingConfig } from '../../../domain/model/model-config.js';
import type { ReembedRepository } from '../../../repositories/reembed.repository.js';
import type { JobStarter } from '../../../temporal/job-starter.js';
import type { RequestContext } from '../../mount-route.js';

export interface ReembedArchivesDeps {
  readonly reembeds: Pick<ReembedRepository, 'start'>;
  readonly jobStarter: JobStarter;
  /** A workflow could not be started; reconcile does it later. */
  readonly onWakeFailed: (error: unknown, id: string) => void;
}

/** Gives archives another embedding model: from now on for what is inserted, and job by job for what is there. */
export async function reembedArchives(
  { reembeds, jobStarter, onWakeFailed }: ReembedArchivesDeps,
  archiveIds: readonly string[],
  config: EmbeddingConfig,
  { organizationId, userId }: RequestContext,
): Promise<void> {
  for (const archiveId of archiveIds) {
    const id = await reembeds.start({ jobId: `job-${randomUUID()}`, organizationId, archiveId, config, userId });
    if (id === null) continue;
    await jobStarter.start({ id, kind: 'reembed' }).catch((error: unknown) => onWakeFailed(error, id));
  }
}
