import { Context } from '@temporalio/activity';
import { chunkText } from '../../domain/chunking/chunk-text.js';
import type { Chunk } from '../../domain/chunking/chunk-text.js';
import { chunkers, conservativeLimits, standardOverlapTokens } from '../../domain/chunking/chunkers.js';
import type { FileToChunk, IngestProgress } from '../../domain/files/file-ingest.js';
import type { AgentFilesRepository } from '../../repositories/agent-files.repository.js';
import type { FileIngestsRepository } from '../../repositories/file-ingests.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { withIngestFailures } from './ingest-failure.js';
import type { FileInput } from './parse-file.activity.js';
import { stretch } from './stretch.js';

export interface ChunkFileDeps {
  readonly fileIngests: FileIngestsRepository;
  readonly agentFiles: Pick<AgentFilesRepository, 'attachRead'>;
  /** How V1 counts the tokens of a chunk. */
  readonly chunkTokenizer: () => Promise<(text: string) => number>;
}

export function createChunkFile(deps: ChunkFileDeps) {
  /** Gives a file that is parsed to its agents, and cuts its text into chunks for a while, part by part. Repeated, it goes on where it was. */
  return function chunkFile({ fileId }: FileInput): Promise<IngestProgress> {
    return withHeartbeat(() =>
      withDatabaseFailures(async () => {
        await withIngestFailures(deps.fileIngests, fileId, () =>
          stretch(Context.current().cancellationSignal, () => chunkPart(deps, fileId)),
        );
        return deps.fileIngests.progress(fileId);
      }),
    );
  };
}

/** False when no part is left. */
async function chunkPart({ fileIngests, agentFiles, chunkTokenizer }: ChunkFileDeps, fileId: string): Promise<boolean> {
  const file = await fileIngests.nextPart(fileId);
  if (file === null) return false;
  if (!file.isAttached) {
    await agentFiles.attachRead(fileId);
    await fileIngests.markAttached(fileId);
  }
  if (file.text === null) return false;
  await fileIngests.commitPart(file, cut(file, file.text, await chunkTokenizer()));
  return true;
}

function cut({ textKind, isConservative, embeddingConfig }: FileToChunk, text: string, countTokens: (text: string) => number): Chunk[] {
  if (isConservative) return chunkText(text, chunkers.text, { ...conservativeLimits, countTokens });
  const maxTokens = embeddingConfig.embeddingChunkSize;
  const overlapTokens = Math.min(standardOverlapTokens, Math.floor(maxTokens / 2));
  return chunkText(text, chunkers[textKind], { maxTokens, overlapTokens, countTokens });
}
