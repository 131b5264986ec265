import { createChunkFile } from './chunk-file.activity.js';
import type { ChunkFileDeps } from './chunk-file.activity.js';
import { createEmbedFile } from './embed-file.activity.js';
import type { EmbedFileDeps } from './embed-file.activity.js';
import { createParseFile } from './parse-file.activity.js';
import type { ParseFileDeps } from './parse-file.activity.js';

export type FileActivityDeps = ChunkFileDeps & EmbedFileDeps & ParseFileDeps;

/** What is done on the queue of files. */
export function createFileActivities(deps: FileActivityDeps) {
  return { parseFile: createParseFile(deps), chunkFile: createChunkFile(deps), embedFile: createEmbedFile(deps) };
}
