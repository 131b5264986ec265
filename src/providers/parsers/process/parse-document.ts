import { once } from 'node:events';
import { UnreadableDocument } from '../../../domain/files/document-parser.js';
import { pageToMarkdown } from '../../web/page-to-markdown.js';
import { parseDocx, readWhole } from './parse-docx.js';
import { parsePdf } from './parse-pdf.js';
import { documentDescriptor } from './parser-message.js';
import type { ParserMessage, ProcessParser } from './parser-message.js';

/** Characters of one message. A page without text is told as well: it shows that the work goes on. */
const longestText = 32 * 1024;

/** A process of its own, that reads one document and ends: whatever the document does to it, nobody else notices. */
await run(process.argv[2] as ProcessParser);

async function run(parser: ProcessParser): Promise<void> {
  try {
    for await (const text of textOf(parser)) await write(text);
    await send({ done: true });
  } catch (error) {
    if (!(error instanceof UnreadableDocument)) throw error;
    await send({ unreadable: error.message });
  }
}

async function* textOf(parser: ProcessParser): AsyncGenerator<string> {
  switch (parser) {
    case 'pdf':
      yield* parsePdf(documentDescriptor);
      break;
    case 'docx':
      yield await parseDocx(documentDescriptor);
      break;
    case 'html':
      // A file has no address that relative links could start from.
      yield await pageToMarkdown({
        url: process.argv[3] ?? 'about:blank',
        contentType: 'text/html',
        charset: process.argv[4] || null,
        body: readWhole(documentDescriptor),
      });
  }
}

async function write(text: string): Promise<void> {
  for (let at = 0; at === 0 || at < text.length; at += longestText) await send({ text: text.slice(at, at + longestText) });
}

/** No faster than they are read. */
async function send(message: ParserMessage): Promise<void> {
  if (!process.stdout.write(`${JSON.stringify(message)}\n`)) await once(process.stdout, 'drain');
}
