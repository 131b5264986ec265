import type { PersistAnswerInput, PersistedStep } from '../../domain/agent-loop/loop-types.js';
import type { RunEventLog } from '../../events/run-event-log.js';
import type { AnswersRepository } from '../../repositories/answers.repository.js';
import { withDatabaseFailures } from '../database-failure.js';

export interface PersistAnswerDeps {
  readonly answers: AnswersRepository;
  readonly events: Pick<RunEventLog, 'announce'>;
}

export function createPersistAnswer({ answers, events }: PersistAnswerDeps) {
  /** Closes an approval request with the answers and the returns of its calls. A second time nothing changes. */
  return function persistAnswer(input: PersistAnswerInput): Promise<PersistedStep> {
    return withDatabaseFailures(async () => {
      const persisted = await answers.commit(input);
      events.announce(input.runId, false);
      return persisted;
    });
  };
}
