import type { TextKind } from './document-kind.js';

export interface SourceDocument {
  readonly fileName: string;
  /** MIME type as the client or the name has it. */
  readonly fileType: string | null;
  readonly sizeBytes: number;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A document as text, in pieces of any length. */
export interface ParsedDocument {
  readonly kind: TextKind;
  readonly text: AsyncIterable<string>;
}

/** Whoever goes on when the signal aborts gets its reason; nothing of the parser is left running then. */
export interface DocumentParser {
  /** Throws UnreadableDocument, here or within the text, and ModelError where a model reads for it. */
  parse(document: SourceDocument, signal: AbortSignal): Promise<ParsedDocument>;
}

/** The document itself is the reason why it cannot be read, now or later. The message is for whoever has uploaded it. */
export class UnreadableDocument extends Error {
  override readonly name = 'UnreadableDocument';
}
