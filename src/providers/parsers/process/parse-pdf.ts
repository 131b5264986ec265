import { fstatSync, readSync } from 'node:fs';
import type * as Unpdf from 'unpdf';
import { UnreadableDocument } from '../../../domain/files/document-parser.js';

type Pdfjs = Awaited<ReturnType<typeof Unpdf.getResolvedPDFJS>>;
type PdfDocument = Awaited<ReturnType<Pdfjs['getDocument']>['promise']>;

/** Bytes of one read. */
const rangeBytes = 256 * 1024;
/** The library keeps all that it has read: it is begun anew when that is so much. */
const mostBytesRead = 64 * 1024 * 1024;

/** The text of a PDF page by page. Only what the pages' texts need is read, and little of it is kept. */
export async function* parsePdf(descriptor: number): AsyncGenerator<string> {
  const { getResolvedPDFJS } = await import('unpdf');
  const pdfjs = await getResolvedPDFJS();
  let opened = await openPdf(pdfjs, descriptor);
  const pages = opened.document.numPages;
  let failures = 0;
  for (let number = 1; number <= pages; number += 1) {
    if (opened.bytesRead() > mostBytesRead) {
      await opened.close();
      opened = await openPdf(pdfjs, descriptor);
    }
    const text = await pageText(opened.document, number);
    if (text === null) failures += 1;
    yield text === null ? `[Page ${number} cannot be read.]\n\n` : text;
  }
  await opened.close();
  if (failures === pages) throw new UnreadableDocument('The PDF is damaged: none of its pages can be read.');
}

interface OpenedPdf {
  readonly document: PdfDocument;
  readonly bytesRead: () => number;
  readonly close: () => Promise<void>;
}

async function openPdf(pdfjs: Pdfjs, descriptor: number): Promise<OpenedPdf> {
  const { size } = fstatSync(descriptor);
  let bytesRead = 0;
  const range = new pdfjs.PDFDataRangeTransport(size, new Uint8Array(0));
  range.requestDataRange = (begin: number, end: number): void => {
    const piece = Buffer.alloc(end - begin);
    const length = readSync(descriptor, piece, 0, piece.length, begin);
    bytesRead += length;
    // The library asks while it is not ready for the answer.
    setImmediate(() => range.onDataRange(begin, new Uint8Array(piece.buffer, piece.byteOffset, length)));
  };
  const task = pdfjs.getDocument({
    range,
    rangeChunkSize: rangeBytes,
    disableAutoFetch: true,
    disableStream: true,
    disableFontFace: true,
    useSystemFonts: false,
    verbosity: 0,
  });
  try {
    const document = await task.promise;
    return { document, bytesRead: () => bytesRead, close: () => task.destroy() };
  } catch (error) {
    throw new UnreadableDocument(reasonOf(error));
  }
}

function reasonOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : { name: '', message: String(error) };
  if (name === 'PasswordException') return 'The PDF is encrypted with a password: upload it without one.';
  return `The PDF is damaged: ${message}`;
}

/** Null where the page is damaged. */
async function pageText(document: PdfDocument, number: number): Promise<string | null> {
  try {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    const text = items.map(item => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('');
    page.cleanup();
    return text.trim() === '' ? '' : `${text.trimEnd()}\n\n`;
  } catch {
    return null;
  }
}
