import { ApplicationFailure, Context } from '@temporalio/activity';
import { ParserKilled, UnreadableDocument } from '../../domain/files/document-parser.js';
import { StorageAway } from '../../domain/files/object-storage.js';
import { ModelError } from '../../domain/model/model-error.js';
import type { FileIngestsRepository } from '../../repositories/file-ingests.repository.js';
import { isServiceAway } from '../database-failure.js';

/** The system kills what takes its memory: at last it is the document that does. */
const mostKills = 5;

/**
 * Work on a file: what may pass is noted and tried again for as long as it takes; anything else ends the file with its reason, which whoever has uploaded it sees.
 */
export async function withIngestFailures(
  fileIngests: Pick<FileIngestsRepository, 'note' | 'fail'>,
  fileId: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UnreadableDocument) return fileIngests.fail(fileId, error.message);
    if (Context.current().cancellationSignal.aborted) throw ApplicationFailure.retryable('The worker goes down', 'WorkerDown');
    if (isServiceAway(error)) throw error;
    if (error instanceof ParserKilled && error.signal === 'SIGKILL' && Context.current().info.attempt >= mostKills) {
      return fileIngests.fail(fileId, 'Reading the file was killed by the system again and again: there is too little memory for it.');
    }
    if (error instanceof StorageAway || error instanceof ParserKilled) {
      await fileIngests.note(fileId, error.message);
      throw ApplicationFailure.create({ type: error.name, message: error.message });
    }
    if (!(error instanceof ModelError)) {
      await fileIngests.fail(fileId, 'The file could not be read because of a failure of this server.');
      throw error;
    }
    if (!error.retryable) return fileIngests.fail(fileId, error.message);
    await fileIngests.note(fileId, error.message);
    const { retryAfterMs } = error;
    throw ApplicationFailure.create({
      type: error.kind,
      message: error.message,
      ...(retryAfterMs === undefined ? {} : { nextRetryDelay: retryAfterMs }),
    });
  }
}
