import type { PersistedStep, PersistStepInput } from '../../domain/agent-loop/loop-types.js';
import type { RunEventLog } from '../../events/run-event-log.js';
import type { StepCommitRepository } from '../../repositories/step-commit.repository.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface PersistStepDeps {
  readonly steps: StepCommitRepository;
  readonly events: Pick<RunEventLog, 'announce'>;
}

export function createPersistStep({ steps, events }: PersistStepDeps) {
  /** Commits a step with its messages and events. A second time nothing changes. */
  return function persistStep(input: PersistStepInput): Promise<PersistedStep> {
    return withDatabaseFailures(async () => {
      const persisted = await steps.commitStep(input);
      events.announce(input.runId, false);
      return persisted;
    });
  };
}
