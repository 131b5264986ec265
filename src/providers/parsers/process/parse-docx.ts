import { fstatSync, readSync } from 'node:fs';
import { UnreadableDocument } from '../../../domain/files/document-parser.js';

/** Bytes of XML in one document, unpacked: a long book has a tenth. */
const mostXmlBytes = 64 * 1024 * 1024;
const mostEntries = 20_000;

/** The text of a Word document as Markdown, without its pictures. */
export async function parseDocx(descriptor: number): Promise<string> {
  await assertHarmless(descriptor);
  const { default: mammoth } = await import('mammoth');
  const { default: TurndownService } = await import('turndown');
  const convertImage = mammoth.images.imgElement(() => Promise.resolve({ src: '' }));
  const { value: html } = await mammoth.convertToHtml({ buffer: readWhole(descriptor) }, { convertImage }).catch((error: unknown) => {
    throw new UnreadableDocument(`The Word document is damaged: ${error instanceof Error ? error.message : String(error)}`);
  });
  const turndown = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-' });
  turndown.remove('img' as never);
  return turndown.turndown(html).trim();
}

/** A few bytes can unpack to more than any memory holds, and what a zip says of their number need not be true: they are unpacked once without being kept. */
async function assertHarmless(descriptor: number): Promise<void> {
  const { fromFdPromise } = await import('yauzl');
  let entries = 0;
  let bytes = 0;
  let isWord = false;
  try {
    const zip = await fromFdPromise(descriptor, { lazyEntries: true, autoClose: false });
    for await (const entry of zip.eachEntry()) {
      entries += 1;
      if (entries > mostEntries) throw tooLarge();
      if (entry.fileName === 'word/document.xml') isWord = true;
      if (!/\.(xml|rels)$/.test(entry.fileName)) continue;
      bytes += entry.uncompressedSize;
      if (bytes > mostXmlBytes) throw tooLarge();
      if (entry.isEncrypted()) throw new UnreadableDocument('The Word document is encrypted with a password: upload it without one.');
      const stream = await zip.openReadStreamPromise(entry);
      stream.resume();
      await new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject));
    }
  } catch (error) {
    if (error instanceof UnreadableDocument) throw error;
    throw new UnreadableDocument(`The file is no Word document, or is damaged: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isWord) throw new UnreadableDocument('The file is a zip archive without a Word document in it.');
}

function tooLarge(): UnreadableDocument {
  return new UnreadableDocument(
    `The Word document unpacks to more than ${mostXmlBytes / 1024 / 1024} MB of XML, or to more than ${mostEntries} parts.`,
  );
}

export function readWhole(descriptor: number): Buffer {
  const whole = Buffer.alloc(fstatSync(descriptor).size);
  for (let at = 0; at < whole.length;) {
    const length = readSync(descriptor, whole, at, whole.length - at, at);
    if (length === 0) break;
    at += length;
  }
  return whole;
}
