import { Context } from '@temporalio/activity';
import type { ObjectStorage } from '../../domain/files/object-storage.js';
import type { JobInput, JobProgress } from '../../domain/jobs/job.js';
import type { FileDeletionsRepository } from '../../repositories/file-deletions.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';

export interface DeleteFilesDeps {
  readonly fileDeletions: FileDeletionsRepository;
  readonly objectStorage: Pick<ObjectStorage, 'delete'>;
  /** Rows that one statement deletes at most. */
  readonly fileDeletionBatch: number;
}

/** After which one call is over, for the next one to go on: well within the limit of an activity. */
const callMs = 20_000;

export function createDeleteFiles({ fileDeletions, objectStorage, fileDeletionBatch }: DeleteFilesDeps) {
  /** Goes on with a deletion for a while. The bytes of a file go before its row, which says where they are; all of it can be repeated. */
  return function deleteFiles({ jobId }: JobInput): Promise<JobProgress> {
    const { cancellationSignal } = Context.current();
    const until = Date.now() + callMs;
    const work = async (): Promise<JobProgress> => {
      while (Date.now() < until && !cancellationSignal.aborted) {
        const step = await fileDeletions.step(jobId, fileDeletionBatch);
        if (step.kind === 'over') break;
        if (step.kind === 'rows') continue;
        if (step.key !== null) await objectStorage.delete(step.key);
        await fileDeletions.finishFile(jobId, step.fileId);
      }
      return fileDeletions.progress(jobId);
    };
    return withHeartbeat(() => withDatabaseFailures(work));
  };
}
