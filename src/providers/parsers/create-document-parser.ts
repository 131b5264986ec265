import type { FileHandle } from 'node:fs/promises';
import { recognizeDocument } from '../../domain/files/document-kind.js';
import { UnreadableDocument } from '../../domain/files/document-parser.js';
import type { DocumentParser, ParsedDocument, SourceDocument } from '../../domain/files/document-parser.js';
import { decodeText, sampleBytes } from './decode-text.js';
import { parseInProcess } from './parser-process.js';
import type { ParserProcessOptions } from './parser-process.js';
import { peek } from './peek.js';
import type { PeekedBytes } from './peek.js';
import { spooledFile } from './spooled-file.js';

/** Reads what is a picture, with a model. */
export interface PictureReader {
  /** Text that it sees, as Markdown. Throws ModelError, or UnreadableDocument when the document is too large for it. */
  read(bytes: Buffer, mediaType: string, signal: AbortSignal): Promise<string>;
}

export interface DocumentParserOptions {
  /** Where documents are put that have to be read at any place. */
  readonly temporaryFolder: string;
  readonly process: ParserProcessOptions;
  /** Of a document that a model reads, in bytes. */
  readonly pictureMaxBytes: number;
  /** Null = no model is set that reads them. */
  readonly images: PictureReader | null;
  /** Null = by the parser of this server. */
  readonly pdfs: PictureReader | null;
}

/** Text is decoded here. Formats with a parser that a document could break are read in a process of their own, pictures by a model. */
export function createDocumentParser(options: DocumentParserOptions): DocumentParser {
  return {
    async parse(document, signal) {
      const peeked = await peek(document.bytes, sampleBytes);
      try {
        return read(options, document, peeked, signal);
      } catch (error) {
        await peeked.close();
        throw error;
      }
    },
  };
}

function read(options: DocumentParserOptions, document: SourceDocument, { head, bytes }: PeekedBytes, signal: AbortSignal): ParsedDocument {
  const found = recognizeDocument(document, head);
  if ('unreadable' in found) throw new UnreadableDocument(found.unreadable);
  switch (found.kind) {
    case 'pdf':
      return { kind: 'text', text: pdfText(options, bytes, signal) };
    case 'docx':
    case 'html':
      return { kind: 'markdown', text: processText(options, found.kind, bytes, signal) };
    case 'image':
      if (options.images === null) throw new UnreadableDocument(noImageReader);
      return { kind: 'markdown', text: pictureText(options, options.images, mediaTypeOf(head), bytes, signal) };
    default:
      return { kind: found.kind, text: decodeText(head, bytes) };
  }
}

const noImageReader =
  'Images are read by a model, and none is set on this server: PERDURA_VISION_MODEL names a model that sees, LETTA_MISTRAL_API_KEY is a key for OCR.';
const noPdfText =
  'No text extracted from PDF. It may hold pictures of text, which are read by OCR: set LETTA_MISTRAL_API_KEY on this server.';

async function* pdfText(options: DocumentParserOptions, bytes: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<string> {
  const { pdfs } = options;
  const text = pdfs === null ? processText(options, 'pdf', bytes, signal) : pictureText(options, pdfs, 'application/pdf', bytes, signal);
  let isEmpty = true;
  for await (const piece of text) {
    if (piece.trim() !== '') isEmpty = false;
    yield piece;
  }
  if (isEmpty) throw new UnreadableDocument(noPdfText);
}

async function* processText(
  { temporaryFolder, process }: DocumentParserOptions,
  parser: 'pdf' | 'docx' | 'html',
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const file: FileHandle = await spooledFile(temporaryFolder, bytes);
  try {
    yield* parseInProcess(parser, file, process, signal);
  } finally {
    await file.close();
  }
}

async function* pictureText(
  { pictureMaxBytes }: DocumentParserOptions,
  reader: PictureReader,
  mediaType: string,
  bytes: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    length += piece.byteLength;
    if (length > pictureMaxBytes)
      throw new UnreadableDocument(`The file is larger than ${pictureMaxBytes} bytes, the most that a model is sent.`);
    pieces.push(piece);
  }
  yield await reader.read(Buffer.concat(pieces), mediaType, signal);
}

/** By the first byte, which differs in the kinds of images that are known. */
function mediaTypeOf([first]: Uint8Array): string {
  switch (first) {
    case 0x89:
      return 'image/png';
    case 0xff:
      return 'image/jpeg';
    case 0x47:
      return 'image/gif';
    default:
      return 'image/webp';
  }
}
