import type { AgentEventsRepository } from '../../repositories/agent-events.repository.js';
import type { CompactionRepository } from '../../repositories/compaction.repository.js';
import type { EmbeddingsRepository } from '../../repositories/embeddings.repository.js';
import type { FilesRepository } from '../../repositories/files.repository.js';
import type { GenerationsRepository } from '../../repositories/generations.repository.js';
import type { ToolTrialsRepository } from '../../repositories/tool-trials.repository.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface DeleteOldRowsDeps {
  readonly agentEvents: Pick<AgentEventsRepository, 'deleteExpired'>;
  readonly generations: Pick<GenerationsRepository, 'deleteOlderThan'>;
  readonly toolTrials: Pick<ToolTrialsRepository, 'deleteOlderThan'>;
  readonly compactions: Pick<CompactionRepository, 'deleteLeftAnswers'>;
  readonly embeddings: Pick<EmbeddingsRepository, 'deleteUnused'>;
  readonly files: Pick<FilesRepository, 'sweepHidden'>;
  /** Of generations, and of calls of tools outside of runs. */
  readonly generationDays: number;
  readonly embeddingCacheLimits: { readonly days: number; readonly rows: number };
  /** For so long an upload may go on. */
  readonly uploadTimeoutMs: number;
}

export function createDeleteOldRows(deps: DeleteOldRowsDeps) {
  const { agentEvents, generations, toolTrials, compactions, embeddings, files, generationDays, embeddingCacheLimits } = deps;
  const { days, rows } = embeddingCacheLimits;
  /**
   * Deletes some of the generations and calls of tools whose time is over, of what models said for compactions that never came about, of the vectors that
   * nobody uses, and of the events that nobody can get any more; makes jobs for hidden files that have
   * none. True = there may be more. What has a policy is retention's.
   */
  return function deleteOldRows(): Promise<boolean> {
    return withDatabaseFailures(async () => {
      const more = [
        await generations.deleteOlderThan(generationDays),
        await toolTrials.deleteOlderThan(generationDays),
        await compactions.deleteLeftAnswers(),
        await embeddings.deleteUnused(days, rows),
        await agentEvents.deleteExpired(),
        await files.sweepHidden(2 * deps.uploadTimeoutMs),
      ];
      return more.includes(true);
    });
  };
}
