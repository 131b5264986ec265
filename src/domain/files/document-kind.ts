/** How a text is cut into chunks: `lines` are texts each line of which stands for itself. */
export type TextKind = 'text' | 'markdown' | 'code' | 'json' | 'csv' | 'lines';

/** What bytes are: a kind of text, or what a parser makes text of. */
export type DocumentKind = TextKind | 'html' | 'pdf' | 'docx' | 'image';

export interface DocumentName {
  readonly fileName: string;
  /** MIME type as the client or the name has it. */
  readonly fileType: string | null;
}

/** What a file is by its content, and where its content is plain text by its name; else why it cannot be read. */
export type RecognizedDocument = { readonly kind: DocumentKind } | { readonly unreadable: string };

/** The content counts more than the name: a PDF is read as one whatever it is called, and nothing else becomes one by its name. */
export function recognizeDocument(name: DocumentName, head: Uint8Array): RecognizedDocument {
  const claimed = kindByName(name);
  const found = signatures.find(({ test }) => test(head));
  if (found !== undefined) {
    if (found.kind !== null) return { kind: found.kind };
    return { unreadable: `The file is ${found.what}, which cannot be read as a document.` };
  }
  if (head.length === 0 || !binaryKinds.has(claimed)) return { kind: binaryKinds.has(claimed) ? 'text' : claimed };
  return {
    unreadable: `The file is called ${namesOfKinds[claimed] ?? claimed}, but its content is not: it may be damaged or have the wrong type.`,
  };
}

const binaryKinds: ReadonlySet<DocumentKind> = new Set(['pdf', 'docx', 'image']);
const namesOfKinds: Readonly<Partial<Record<DocumentKind, string>>> = { pdf: 'a PDF', docx: 'a Word document', image: 'an image' };

interface Signature {
  /** Null = no document. */
  readonly kind: DocumentKind | null;
  readonly what: string;
  readonly test: (head: Uint8Array) => boolean;
}

function beginsWith(...bytes: readonly number[]): (head: Uint8Array) => boolean {
  return head => bytes.every((byte, index) => head[index] === byte);
}

function ascii(text: string, offset = 0): (head: Uint8Array) => boolean {
  return head => [...text].every((character, index) => head[offset + index] === character.charCodeAt(0));
}

/** Readers of PDF allow for something before its beginning. */
const beforePdf = 1024;

function isPdf(head: Uint8Array): boolean {
  const isHere = ascii('%PDF-');
  for (let offset = 0; offset < Math.min(head.length, beforePdf); offset += 1) if (isHere(head.subarray(offset))) return true;
  return false;
}

/** First the kinds that contain others. A zip may be a Word document: its parser tells. */
const signatures: readonly Signature[] = [
  { kind: 'docx', what: 'a zip archive', test: beginsWith(0x50, 0x4b, 0x03, 0x04) },
  { kind: null, what: 'an empty zip archive', test: beginsWith(0x50, 0x4b, 0x05, 0x06) },
  { kind: 'image', what: 'a PNG image', test: beginsWith(0x89, 0x50, 0x4e, 0x47) },
  { kind: 'image', what: 'a JPEG image', test: beginsWith(0xff, 0xd8, 0xff) },
  { kind: 'image', what: 'a GIF image', test: ascii('GIF8') },
  { kind: 'image', what: 'a WebP image', test: head => ascii('RIFF')(head) && ascii('WEBP', 8)(head) },
  { kind: null, what: 'an old Office document', test: beginsWith(0xd0, 0xcf, 0x11, 0xe0) },
  { kind: null, what: 'a gzip archive', test: beginsWith(0x1f, 0x8b) },
  { kind: null, what: 'a 7z archive', test: beginsWith(0x37, 0x7a, 0xbc, 0xaf) },
  { kind: null, what: 'a RAR archive', test: ascii('Rar!') },
  { kind: null, what: 'a program', test: head => beginsWith(0x7f, 0x45, 0x4c, 0x46)(head) || isWindowsProgram(head) },
  { kind: null, what: 'an SQLite database', test: ascii('SQLite format 3\0') },
  { kind: null, what: 'an MPEG file', test: ascii('ftyp', 4) },
  { kind: 'pdf', what: 'a PDF', test: isPdf },
];

/** A text may begin with MZ as well, but hardly has NUL characters then. */
function isWindowsProgram(head: Uint8Array): boolean {
  return ascii('MZ')(head) && head.subarray(0, 64).includes(0);
}

const kindsByType: Readonly<Record<string, DocumentKind>> = {
  'application/pdf': 'pdf',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'docx',
  'text/html': 'html',
  'application/xhtml+xml': 'html',
  'text/markdown': 'markdown',
  'text/x-markdown': 'markdown',
  'application/json': 'json',
  'application/jsonl': 'lines',
  'application/x-ndjson': 'lines',
  'text/csv': 'csv',
  'text/tab-separated-values': 'csv',
};

const codeExtensions: ReadonlySet<string> = new Set(
  (
    'py js mjs cjs ts mts java cpp cxx cc c h hpp cs php rb go rs swift kt scala r m css scss sass less vue jsx tsx ' +
    'xml yaml yml toml ini cfg conf sh bash ps1 bat cmd dockerfile sql'
  ).split(' '),
);

const kindsByExtension: Readonly<Record<string, DocumentKind>> = {
  pdf: 'pdf',
  docx: 'docx',
  html: 'html',
  htm: 'html',
  xhtml: 'html',
  md: 'markdown',
  markdown: 'markdown',
  json: 'json',
  jsonl: 'lines',
  ndjson: 'lines',
  log: 'lines',
  csv: 'csv',
  tsv: 'csv',
  png: 'image',
  jpg: 'image',
  jpeg: 'image',
  gif: 'image',
  webp: 'image',
};

function kindByName({ fileName, fileType }: DocumentName): DocumentKind {
  const extension = /([^./\\]+)$/.exec(fileName.toLowerCase())?.[1] ?? '';
  const byExtension = Object.hasOwn(kindsByExtension, extension) ? kindsByExtension[extension] : undefined;
  if (byExtension !== undefined) return byExtension;
  if (codeExtensions.has(extension)) return 'code';
  const type = fileType?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type.startsWith('image/') && type !== 'image/svg+xml') return 'image';
  return (Object.hasOwn(kindsByType, type) ? kindsByType[type] : undefined) ?? 'text';
}
