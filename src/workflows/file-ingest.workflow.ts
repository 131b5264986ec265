import { continueAsNew, defineQuery, setHandler, workflowInfo } from '@temporalio/workflow';
import type { FileIngestInput, IngestProgress } from '../domain/files/file-ingest.js';
import { fileActivities } from './activity-proxies.js';

/** How far the reading of a file is; null before its first step. */
export const ingestProgressQuery = defineQuery<IngestProgress | null, []>('progress');

/** Reads an uploaded file: text, chunks, vectors. The rows know how far it is, so it begins anywhere; it ends when they say so, or are gone. */
export async function fileIngest(input: FileIngestInput): Promise<void> {
  const { fileId } = input;
  const { parseFile, chunkFile, embedFile } = fileActivities(input.timeouts);
  const steps = { parse: parseFile, chunk: chunkFile, embed: embedFile };
  let progress: IngestProgress | null = null;
  setHandler(ingestProgressQuery, () => progress);
  for (let next: IngestProgress['next'] = 'parse'; next !== null;) {
    progress = await steps[next]({ fileId });
    next = progress.next;
    // eslint-disable-next-line temporal/workflow-replay-testing-required-comment -- what comes before is the same; the new execution goes on from the rows
    if (next !== null && workflowInfo().continueAsNewSuggested) await continueAsNew<typeof fileIngest>(input);
  }
}
