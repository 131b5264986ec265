import { Context } from '@temporalio/activity';
import { conservativeLimits } from '../../domain/chunking/chunkers.js';
import type { IngestProgress } from '../../domain/files/file-ingest.js';
import { embedEach } from '../../domain/model/embed-each.js';
import type { Embedder } from '../../domain/model/embedder.js';
import { ModelError } from '../../domain/model/model-error.js';
import type { FileIngestsRepository } from '../../repositories/file-ingests.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { withIngestFailures } from './ingest-failure.js';
import type { FileInput } from './parse-file.activity.js';
import { stretch } from './stretch.js';

export interface EmbedFileDeps {
  readonly fileIngests: FileIngestsRepository;
  readonly embedder: Embedder;
  /** Chunks of one call. */
  readonly fileEmbeddingBatch: number;
}

export function createEmbedFile(deps: EmbedFileDeps) {
  /** Makes vectors of a file's chunks for a while, batch by batch. Repeated, it goes on where it was; no provider is asked twice for what was kept. */
  return function embedFile({ fileId }: FileInput): Promise<IngestProgress> {
    return withHeartbeat(() =>
      withDatabaseFailures(async () => {
        const signal = Context.current().cancellationSignal;
        await withIngestFailures(deps.fileIngests, fileId, () => stretch(signal, () => embedBatch(deps, fileId, signal)));
        return deps.fileIngests.progress(fileId);
      }),
    );
  };
}

/** False when nothing is left. */
async function embedBatch(
  { fileIngests, embedder, fileEmbeddingBatch }: EmbedFileDeps,
  fileId: string,
  signal: AbortSignal,
): Promise<boolean> {
  const batch = await fileIngests.nextChunks(fileId, fileEmbeddingBatch);
  if (batch === null) return false;
  const outcomes = await embedEach(embedder, batch.embeddingConfig, batch.texts, signal);
  const refused = outcomes.filter(outcome => outcome instanceof ModelError);
  const [reason] = refused;
  if (reason !== undefined) {
    if (!batch.isConservative && batch.embeddingConfig.embeddingChunkSize > conservativeLimits.maxTokens) {
      await fileIngests.cutAnew(batch, reason.message);
      return false;
    }
    // A model that takes none of several texts is the wrong one, or set wrongly.
    if (batch.from === 0 && outcomes.length > 1 && refused.length === outcomes.length) throw reason;
  }
  await fileIngests.commitChunks(batch, outcomes);
  return outcomes.length > 0;
}
