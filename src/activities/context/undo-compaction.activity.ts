import type { CompactionHistoryRepository } from '../../repositories/compaction-history.repository.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface UndoCompactionDeps {
  readonly compactionHistory: Pick<CompactionHistoryRepository, 'undo'>;
}

export function createUndoCompaction({ compactionHistory }: UndoCompactionDeps) {
  /** Carries the command out. What came of it stands on the compaction's row. */
  return function undoCompaction({ commandId }: { readonly commandId: string }): Promise<void> {
    return withDatabaseFailures(() => compactionHistory.undo(commandId));
  };
}
