import { createHash } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { createContentCutter } from '../../domain/files/cut-content.js';
import type { ContentPart } from '../../domain/files/cut-content.js';
import { UnreadableDocument } from '../../domain/files/document-parser.js';
import type { DocumentParser } from '../../domain/files/document-parser.js';
import type { FileToParse, IngestProgress } from '../../domain/files/file-ingest.js';
import { viewStyleOf } from '../../domain/files/file-types.js';
import { StorageAway } from '../../domain/files/object-storage.js';
import type { ObjectStorage } from '../../domain/files/object-storage.js';
import type { FileIngestsRepository } from '../../repositories/file-ingests.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { withHeartbeat } from '../heartbeat.js';
import { withIngestFailures } from './ingest-failure.js';

export interface ParseFileDeps {
  readonly fileIngests: Pick<FileIngestsRepository, 'beginParse' | 'addParts' | 'isParsing' | 'finishParse' | 'note' | 'fail' | 'progress'>;
  readonly objectStorage: Pick<ObjectStorage, 'get'>;
  readonly documentParser: DocumentParser;
  readonly parseLimits: ParseLimits;
}

export interface ParseLimits {
  /** Of the text of one file. */
  readonly maxCharacters: number;
  /** For one file. */
  readonly timeoutMinutes: number;
}

export interface FileInput {
  readonly fileId: string;
}

export function createParseFile(deps: ParseFileDeps) {
  /** Makes text of a file's bytes and keeps it, part by part. Repeated, it begins anew. */
  return function parseFile({ fileId }: FileInput): Promise<IngestProgress> {
    return withHeartbeat(() =>
      withDatabaseFailures(async () => {
        await withIngestFailures(deps.fileIngests, fileId, () => parseWhole(deps, fileId));
        return deps.fileIngests.progress(fileId);
      }),
    );
  };
}

async function parseWhole(deps: ParseFileDeps, fileId: string): Promise<void> {
  const file = await deps.fileIngests.beginParse(fileId);
  if (file === null) return;
  const stop = stopsFor(deps, file);
  try {
    await parse(deps, file, stop.signal);
  } catch (error) {
    const reason: unknown = stop.signal.reason;
    if (reason === notWanted || error === notWanted) return;
    if (reason instanceof Error) throw reason;
    throw error;
  } finally {
    stop.end();
  }
}

/** Parts of a text that are written at once. */
const partsAtOnce = 8;

async function parse(deps: ParseFileDeps, file: FileToParse, signal: AbortSignal): Promise<void> {
  const { fileIngests, documentParser, parseLimits } = deps;
  const { fileName, fileType, sizeBytes } = file;
  const { kind, text } = await documentParser.parse({ fileName, fileType, sizeBytes, bytes: await bytesOf(deps, file, signal) }, signal);
  const cutter = createContentCutter(viewStyleOf(fileType, fileName));
  let waiting: ContentPart[] = [];
  let lineCount = 0;
  let charCount = 0;
  const keep = async (parts: readonly ContentPart[], least: number): Promise<void> => {
    waiting.push(...parts);
    if (waiting.length < least) return;
    if (!(await fileIngests.addParts(file, waiting))) throw notWanted;
    waiting = [];
  };
  for await (const piece of text) {
    signal.throwIfAborted();
    charCount += piece.length;
    if (charCount > parseLimits.maxCharacters) {
      throw new UnreadableDocument(
        `The file holds more than ${parseLimits.maxCharacters} characters of text, the most that this server keeps.`,
      );
    }
    const parts = cutter.push(piece);
    lineCount += parts.reduce((sum, part) => sum + part.lineCount, 0);
    await keep(parts, partsAtOnce);
  }
  const last = cutter.end();
  lineCount += last.reduce((sum, part) => sum + part.lineCount, 0);
  await keep(last, 1);
  await fileIngests.finishParse(file, { kind, lineCount, charCount });
}

/** What was uploaded, or nothing: bytes that have changed since are no file of anybody's. */
async function bytesOf(
  { objectStorage }: ParseFileDeps,
  { objectKey, sha256 }: FileToParse,
  signal: AbortSignal,
): Promise<AsyncIterable<Uint8Array>> {
  const bytes = objectKey === null ? undefined : await objectStorage.get(objectKey, signal).catch(away);
  if (bytes === undefined) throw new UnreadableDocument('The content of the file is missing from the storage of this server.');
  return checked(bytes, sha256);
}

async function* checked(bytes: AsyncIterable<Uint8Array>, sha256: string | null): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256');
  const pieces = bytes[Symbol.asyncIterator]();
  try {
    for (let next = await pieces.next().catch(away); next.done !== true; next = await pieces.next().catch(away)) {
      hash.update(next.value);
      yield next.value;
    }
  } finally {
    await pieces.return?.();
  }
  if (sha256 !== null && hash.digest('hex') !== sha256) {
    throw new UnreadableDocument('The content of the file is damaged in the storage of this server.');
  }
}

function away(error: unknown): never {
  throw new StorageAway(`The storage of this server cannot be read: ${error instanceof Error ? error.name : String(error)}`);
}

/** The file was deleted, or another worker has taken it over. */
const notWanted = new Error('The file is not wanted any more');
const wantedPollMs = 1000;

/** When the parsing has to stop: the worker goes down, the file takes too long, or nobody wants it any more. */
function stopsFor({ fileIngests, parseLimits }: ParseFileDeps, file: FileToParse) {
  const { timeoutMinutes } = parseLimits;
  const stop = new AbortController();
  const { cancellationSignal } = Context.current();
  const down = (): void => stop.abort(cancellationSignal.reason);
  cancellationSignal.addEventListener('abort', down, { once: true });
  if (cancellationSignal.aborted) down();
  const overdue = new UnreadableDocument(`File processing timed out after ${timeoutMinutes} minutes. Please try again.`);
  const timer = setTimeout(() => stop.abort(overdue), timeoutMinutes * 60_000);
  const poll = setInterval(() => {
    // While the database is away nobody can say so.
    fileIngests.isParsing(file).then(
      isWanted => !isWanted && stop.abort(notWanted),
      () => undefined,
    );
  }, wantedPollMs);
  return {
    signal: stop.signal,
    end(): void {
      clearTimeout(timer);
      clearInterval(poll);
      cancellationSignal.removeEventListener('abort', down);
      // Whoever still reads the bytes stops.
      stop.abort(notWanted);
    },
  };
}
