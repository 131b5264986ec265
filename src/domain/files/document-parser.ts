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
  /** Throws UnreadableDocument and ParserKilled, here or within the text, and ModelError where a model reads for it. */
  parse(document: SourceDocument, signal: AbortSignal): Promise<ParsedDocument>;
}

/** The document itself is the reason why it cannot be read, now or later. The message is for whoever has uploaded it. */
export class UnreadableDocument extends Error {
  override readonly name = 'UnreadableDocument';
}

/** Somebody else has ended the parser: a stop of the service, the system that ran out of memory. The document may well be readable. */
export class ParserKilled extends Error {
  override readonly name = 'ParserKilled';

  constructor(readonly signal: string) {
    super(`The parser was ended by ${signal} from outside.`);
  }
}
