import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { packageFile } from '../src/config/version.js';
import { startCluster } from '../test/support/cluster.js';
import { makePdf } from '../test/support/make-documents.js';
import { seeded } from '../test/support/vector-store-conformance.js';

/**
 * Reads files by a server of separate processes, with vectors of 1536 numbers from a server on this machine: `npm run bench:ingest` writes docs/ingest.md.
 * `BENCH_INGEST_MB` = of small files (1024 takes an hour or more), `BENCH_PDF_MB` = of the one PDF.
 */
const smallMb = Number(process.env['BENCH_INGEST_MB'] ?? 32);
const pdfMb = Number(process.env['BENCH_PDF_MB'] ?? 200);
const fileBytes = 256 * 1024;
const uploadsAtOnce = 4;
const megabyte = 1024 * 1024;

const random = seeded(2026);
const words = Array.from({ length: 5000 }, () =>
  Array.from({ length: 3 + Math.floor(random() * 7) }, () => 'etaoinshrdlu'[Math.floor(random() * 12)]).join(''),
);
const word = (): string => words[Math.floor(random() ** 2 * words.length)] ?? '';

function prose(bytes: number): string {
  const sentences: string[] = [];
  for (let length = 0; length < bytes;) {
    const sentence = `${Array.from({ length: 8 + Math.floor(random() * 12) }, word).join(' ')}.`;
    const start = sentence.charAt(0).toUpperCase() + sentence.slice(1);
    sentences.push(start + (random() < 0.15 ? '\n\n' : ' '));
    length += sentence.length + 1;
  }
  return sentences.join('');
}

const cluster = await startCluster({
  PERDURA_FILE_EMBEDDING_BATCH: '128',
  PERDURA_FILE_CONCURRENCY: '2',
  PERDURA_HEARTBEAT_TIMEOUT_MS: '30000',
  PERDURA_RECONCILE_INTERVAL_MS: '60000',
});

async function call<Answer>(path: string, body?: FormData | Readonly<Record<string, unknown>>): Promise<Answer> {
  const init = body instanceof FormData ? { body } : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${cluster.url}/v1/folders/${path}`, body === undefined ? {} : { method: 'POST', ...init });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

interface FileState {
  readonly id: string;
  readonly processing_status: string;
  readonly error_message: string | null;
  readonly total_chunks: number;
}

const upload = (folderId: string, name: string, parts: readonly (Buffer | string)[]): Promise<FileState> => {
  const body = new FormData();
  body.set('file', new File([...parts], name));
  return call(`${folderId}/upload`, body);
};
async function whenRead(folderId: string, id: string): Promise<FileState> {
  for (;;) {
    const file = await call<FileState>(`${folderId}/files/${id}`);
    if (file.processing_status === 'completed') return file;
    if (file.processing_status === 'error') throw new Error(`${id}: ${file.error_message}`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}

/** The most memory that a process and the parsers below it have had, in MB. */
function watchMemory(pid: number): { stop(): { readonly before: number; readonly worker: number; readonly parser: number } } {
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return '';
    }
  };
  const rss = (of: string): number => Number(/^VmRSS:\s+(\d+)/m.exec(read(`/proc/${of}/status`))?.[1] ?? 0) / 1024;
  const before = rss(String(pid));
  let [worker, parser] = [before, 0];
  const timer = setInterval(() => {
    worker = Math.max(worker, rss(String(pid)));
    for (const entry of readdirSync('/proc')) {
      if (/^\d+$/.test(entry) && read(`/proc/${entry}/status`).includes(`\nPPid:\t${pid}\n`)) parser = Math.max(parser, rss(entry));
    }
  }, 100);
  return {
    stop() {
      clearInterval(timer);
      return { before, worker, parser };
    },
  };
}

const rows: string[] = [];
async function measure(name: string, bytes: number, read: () => Promise<number>): Promise<void> {
  const memory = watchMemory(cluster.processId('worker'));
  const started = performance.now();
  const chunks = await read();
  const seconds = (performance.now() - started) / 1000;
  const { before, worker, parser } = memory.stop();
  const speed = `${(bytes / megabyte / seconds).toFixed(2)} MB/s`;
  const row = `| ${name} | ${seconds.toFixed(0)} s | ${speed} | ${chunks} | ${before.toFixed(0)} MB | ${worker.toFixed(0)} MB | ${parser === 0 ? '' : `${parser.toFixed(0)} MB`} |`;
  rows.push(row);
  console.log(row);
}

const newFolder = (name: string): Promise<{ readonly id: string }> => call('', { name, embedding: 'openai/text-embedding-3-small' });

try {
  const warm = await newFolder('warm');
  await whenRead(warm.id, (await upload(warm.id, 'warm.txt', [prose(10_000)])).id);
  const pages = Array.from(
    { length: Math.max(1, Math.floor(pdfMb / 2)) },
    () =>
      prose(1500)
        .replaceAll(/\s+/g, ' ')
        .match(/.{1,90}(?: |$)/g)
        ?.join('\n') ?? '',
  );
  const pdf = [...makePdf({ pages, pictureBytes: 2 * megabyte })];
  await measure(`one PDF of ${pdfMb} MB and ${pages.length} pages`, pdfMb * megabyte, async () => {
    const { id } = await newFolder('pdf');
    return (await whenRead(id, (await upload(id, 'large.pdf', pdf)).id)).total_chunks;
  });
  const files = Math.max(1, Math.floor((smallMb * megabyte) / fileBytes));
  await measure(`${files} texts of 256 KB, ${smallMb} MB`, smallMb * megabyte, async () => {
    const { id } = await newFolder('small');
    let [next, chunks] = [0, 0];
    const lane = async (): Promise<void> => {
      for (let index = next; index < files; index = next) {
        next += 1;
        chunks += (await whenRead(id, (await upload(id, `${index}.txt`, [prose(fileBytes)])).id)).total_chunks;
      }
    };
    await Promise.all(Array.from({ length: uploadsAtOnce }, lane));
    return chunks;
  });
} finally {
  await cluster.stop();
}
writeFileSync(packageFile('docs/ingest.md'), report());
process.exit(0);

function report(): string {
  return `# How fast files are read

\`npm run bench:ingest\` on ${cpus().length} cores (${cpus()[0]?.model ?? ''}), load ${loadavg()
    .map(load => load.toFixed(1))
    .join(
      ' ',
    )} at the end. Everything runs on this machine: API, worker, Postgres, Temporal, and a server that makes vectors of 1536 numbers.
MB/s are bytes of files from the upload to the last vector; memory is what Linux tells of the worker and of the largest parser.

| files | took | speed | chunks | worker before | worker, most | parser, most |
|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}
