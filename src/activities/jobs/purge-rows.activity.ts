import type { JobInput, JobProgress } from '../../domain/jobs/job.js';
import type { JobsRepository } from '../../repositories/jobs.repository.js';
import type { PurgeRepository } from '../../repositories/purge.repository.js';
import type { ReconcileRepository } from '../../repositories/reconcile.repository.js';
import { wakeConversations } from '../../temporal/conversation-client.js';
import type { ConversationClient } from '../../temporal/conversation-client.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { withJobFailures } from './job-failure.js';

export interface PurgeRowsDeps {
  readonly purges: Pick<PurgeRepository, 'step'>;
  readonly open: Pick<ReconcileRepository, 'conversationsOf'>;
  readonly conversations: Pick<ConversationClient, 'wake'>;
  readonly jobs: Pick<JobsRepository, 'noteFailure'>;
  readonly purgeBatchSize: number;
}

export interface PurgeProgress extends JobProgress {
  /** Runs have to end first. */
  readonly isWaiting: boolean;
}

export function createPurgeRows({ purges, open, conversations, jobs, purgeBatchSize }: PurgeRowsDeps) {
  /** Deletes the next rows of a purge, or sees to it that the runs end which stand in its way. */
  return function purgeRows({ jobId }: JobInput): Promise<PurgeProgress> {
    return withHeartbeat(() =>
      withDatabaseFailures(async () => {
        const reached = await withJobFailures(jobs, jobId, async () => {
          const { waitingFor, ...progress } = await purges.step(jobId, purgeBatchSize);
          for (const agentId of waitingFor) await wakeConversations(conversations, await open.conversationsOf(agentId));
          return { ...progress, isWaiting: waitingFor.length > 0 };
        });
        return reached ?? { done: 0, total: 0, isOver: true, isWaiting: false };
      }),
    );
  };
}
