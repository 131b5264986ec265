import type { EmbeddingConfig } from '../model/model-config.js';
import type { TextKind } from './document-kind.js';
import type { FileStatus } from './file-status.js';

/** How far the reading of a file is, for people who look on and for its workflow. */
export interface IngestProgress {
  /** Null = the file is gone. */
  readonly status: FileStatus | null;
  /** What is next; null = nothing. */
  readonly next: 'parse' | 'chunk' | 'embed' | null;
  readonly totalChunks: number;
  readonly chunksEmbedded: number;
  readonly refusedChunks: number;
  /** Why the last try went wrong, or a chunk was refused. */
  readonly note: string | null;
}

/** A file that is to be parsed, by whoever has the attempt. */
export interface FileToParse {
  readonly fileId: string;
  readonly attempt: number;
  readonly fileName: string;
  readonly fileType: string | null;
  readonly sizeBytes: number;
  readonly objectKey: string | null;
  readonly sha256: string | null;
}

/** A file whose text is cut. */
export interface FileToChunk {
  readonly fileId: string;
  readonly textKind: TextKind;
  readonly embeddingConfig: EmbeddingConfig;
  readonly isAttached: boolean;
  readonly isConservative: boolean;
  /** The next part to cut, from 0, and the place of its first chunk; null text = all parts are cut. */
  readonly part: number;
  readonly text: string | null;
  readonly firstChunk: number;
}

/** Chunks of a file that want vectors. */
export interface ChunksToEmbed {
  readonly fileId: string;
  readonly embeddingConfig: EmbeddingConfig;
  readonly isConservative: boolean;
  /** The place of the first of them. */
  readonly from: number;
  /** None = all have been asked for. */
  readonly texts: readonly string[];
}

export interface FileIngestInput {
  readonly fileId: string;
  readonly timeouts: IngestTimeouts;
}

export interface IngestTimeouts {
  /** Of the parsing of one file. */
  readonly parseMs: number;
  readonly heartbeatMs: number;
}
