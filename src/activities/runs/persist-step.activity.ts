import type { PersistedStep, PersistStepInput } from '../../domain/agent-loop/loop-types.js';
import type { RunEventLog } from '../../events/run-event-log.js';
import type { StepCommitRepository } from '../../repositories/step-commit.repository.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface PersistStepDeps {
  readonly steps: StepCommitRepository;
  readonly events: Pick<RunEventLog, 'announce' | 'announceHere'>;
}

export function createPersistStep({ steps, events }: PersistStepDeps) {
  /** Commits a step with its messages and events. A second time nothing changes. */
  return function persistStep(input: PersistStepInput): Promise<PersistedStep> {
    return withDatabaseFailures(async () => {
      const persisted = await steps.commitStep(input);
      // The end of the run comes right behind its last step, and is told everybody.
      if (input.decision.end === null) events.announce(input.runId, false);
      else events.announceHere(input.runId);
      return persisted;
    });
  };
}
