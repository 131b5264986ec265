import { UnreadableDocument } from '../../domain/files/document-parser.js';
import { PageError } from '../outbound/fetch-page.js';
import type { Page } from '../outbound/fetch-page.js';
import { decodePage, isHtml } from '../web/page-to-markdown.js';
import { parseInProcess } from './parser-process.js';
import type { ParserProcessOptions } from './parser-process.js';
import { spooledFile } from './spooled-file.js';

export interface PageReaderOptions {
  /** Where pages are put while they are read. */
  readonly temporaryFolder: string;
  readonly process: ParserProcessOptions;
}

/** What a page says, for a model to read. Throws PageError when it cannot be read, or when `signal` aborts. */
export type PageReader = (page: Page, signal: AbortSignal) => Promise<string>;

/** HTML in a process of its own: a page of a few kilobytes can keep a parser busy for minutes, and nothing else goes on in a process meanwhile. */
export function createPageReader({ temporaryFolder, process }: PageReaderOptions): PageReader {
  return async (page, signal) => {
    if (!isHtml(page)) return decodePage(page);
    const file = await spooledFile(temporaryFolder, oneByOne(page.body));
    try {
      const pieces: string[] = [];
      for await (const piece of parseInProcess('html', file, process, signal, [page.url, page.charset ?? ''])) pieces.push(piece);
      return pieces.join('');
    } catch (error) {
      if (error instanceof UnreadableDocument) throw new PageError(error.message.replace(/\.$/, ''));
      throw error;
    } finally {
      await file.close();
    }
  };
}

async function* oneByOne(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield await Promise.resolve(bytes);
}
