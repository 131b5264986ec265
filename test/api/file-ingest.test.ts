import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { makeDocx, makePdf } from '../support/make-documents.js';
import { createGate, until } from '../support/gate.js';
import { useStack } from '../support/stack-client.js';

interface FileState {
  readonly id: string;
  readonly processing_status: string;
  readonly error_message: string | null;
  readonly total_chunks: number | null;
  readonly chunks_embedded: number | null;
  readonly content: string | null;
}

describe('The reading of files', () => {
  const { letta, stack } = useStack();

  afterEach(() => {
    stack.mock.refuseEmbedding = null;
  });

  const newFolder = async (more: Readonly<Record<string, unknown>> = {}): Promise<string> => {
    const body = { name: `folder ${randomUUID()}`, embedding: 'openai/text-embedding-3-small', ...more };
    return (await letta.post<{ id: string }>('/v1/folders/', { body })).id;
  };
  const upload = async (folderId: string, name: string, content: Buffer | string): Promise<string> => {
    const body = new FormData();
    body.set('file', new File([content], name));
    const response = await fetch(`${stack.url}/v1/folders/${folderId}/upload`, { method: 'POST', body });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    const file = JSON.parse(text) as FileState;
    assert.equal(file.processing_status, 'parsing');
    return file.id;
  };
  const read = (folderId: string, id: string) => letta.get<FileState>(`/v1/folders/${folderId}/files/${id}?include_content=true`);
  const whenOver = async (folderId: string, id: string): Promise<FileState> => {
    let file = await read(folderId, id);
    await until(async () => {
      file = await read(folderId, id);
      return ['completed', 'error'].includes(file.processing_status);
    });
    return file;
  };
  const passagesOf = (folderId: string) =>
    letta.get<{ text: string; metadata: Record<string, number> }[]>(`/v1/folders/${folderId}/passages?limit=1000`);

  it('makes text, chunks and vectors of every kind, and says how many', async () => {
    const folderId = await newFolder();
    const ids = await Promise.all([
      upload(folderId, 'heron.md', '# The heron\n\nIt stands in the reeds.'),
      upload(folderId, 'otter.pdf', Buffer.concat([...makePdf({ pages: ['The otter sleeps.'] })])),
      upload(folderId, 'diver.docx', makeDocx(['# Diver', 'The diver dives.'])),
      upload(folderId, 'page.html', '<h1>Crane</h1><p>The crane calls.</p>'),
      upload(folderId, 'wide.csv', Buffer.from('bird,call\ncrow,\0krah', 'utf16le')),
      upload(folderId, 'empty.txt', ''),
    ]);
    const files = await Promise.all(ids.map(id => whenOver(folderId, id)));
    assert.deepEqual(
      files.map(({ processing_status: status, total_chunks: all, chunks_embedded: done, error_message: error }) => [
        status,
        all,
        done,
        error,
      ]),
      [
        ['completed', 1, 1, null],
        ['completed', 1, 1, null],
        ['completed', 1, 1, null],
        ['completed', 1, 1, null],
        ['completed', 1, 1, null],
        ['completed', 0, 0, null],
      ],
    );
    assert.match(files[1]?.content ?? '', /The otter sleeps\./);
    assert.equal(files[4]?.content, 'bird,call\ncrow,krah', 'without the sign that Postgres cannot store');
    const passages = await passagesOf(folderId);
    assert.equal(passages.length, 5);
    assert.equal(passages.filter(({ text }) => text === '# Diver\n\nThe diver dives.').length, 1);
  });

  it('cuts a long text by the size that the folder has, in order, with the place of each chunk', async () => {
    const folderId = await newFolder({ embedding_chunk_size: 40 });
    const text = Array.from({ length: 60 }, (_, index) => `Sentence ${index} tells of birds.`).join(' ');
    const file = await whenOver(folderId, await upload(folderId, 'long.txt', text));
    const passages = (await passagesOf(folderId)).toReversed();
    assert.ok(passages.length > 10, `${passages.length}`);
    assert.deepEqual([file.total_chunks, file.chunks_embedded], [passages.length, passages.length]);
    for (const { text: chunk, metadata } of passages) assert.equal(text.slice(metadata['start'], metadata['end']), chunk);
    const starts = passages.map(({ metadata }) => metadata['start'] ?? 0);
    assert.deepEqual(
      starts,
      starts.toSorted((a, b) => a - b),
    );
  });

  it('tells why a file cannot be read', async () => {
    const folderId = await newFolder();
    const reasons = {
      'a.pdf': [Buffer.from('%PDF-1.7 and nothing more'), /The PDF is damaged/],
      'b.docx': [Buffer.from('PK\x03\x04 nothing', 'latin1'), /no Word document/],
      'c.txt': [Buffer.from('\x7fELF\x02\x01\x01\0', 'latin1'), /a program/],
    } as const;
    for (const [name, [content, reason]] of Object.entries(reasons)) {
      const file = await whenOver(folderId, await upload(folderId, name, content));
      assert.equal(file.processing_status, 'error');
      assert.match(file.error_message ?? '', reason);
    }
    assert.deepEqual(await passagesOf(folderId), []);
  });

  it('keeps a chunk that the model refuses without its vector, and reads on', async () => {
    const folderId = await newFolder({ embedding_chunk_size: 12 });
    stack.mock.refuseEmbedding = text => text.includes('forbidden');
    const file = await whenOver(
      folderId,
      await upload(
        folderId,
        'mixed.jsonl',
        'The first sentence is fine.\nThe second one, of so many words, is forbidden.\nThe third one is fine.',
      ),
    );
    assert.deepEqual([file.processing_status, file.total_chunks, file.chunks_embedded], ['completed', 3, 2]);
  });

  it('cuts the text anew in smaller pieces when the model refuses one that is long', async () => {
    const folderId = await newFolder({ embedding_chunk_size: 2000 });
    stack.mock.refuseEmbedding = text => text.length > 5000;
    const text = 'The heron stands in the reeds and waits for a frog. '.repeat(300);
    const file = await whenOver(folderId, await upload(folderId, 'long.txt', text));
    assert.equal(file.processing_status, 'completed');
    assert.ok((file.total_chunks ?? 0) > 8 && file.total_chunks === file.chunks_embedded, JSON.stringify(file.total_chunks));
    assert.ok((await passagesOf(folderId)).every(passage => passage.text.length < 5000));
  });

  it('ends with the reason of a model that takes nothing', async () => {
    const folderId = await newFolder({ embedding_chunk_size: 12 });
    stack.mock.refuseEmbedding = () => true;
    const file = await whenOver(
      folderId,
      await upload(folderId, 'all.txt', 'One sentence of many words stands here.\n\nAnother sentence of many words stands here.'),
    );
    assert.equal(file.processing_status, 'error');
    assert.match(file.error_message ?? '', /refused/);
  });

  it('stops when the file is deleted in the middle, and leaves nothing of it', async () => {
    const folderId = await newFolder({ embedding_chunk_size: 12 });
    let id = '';
    const uploaded = createGate();
    stack.mock.refuseEmbedding = async () => {
      await uploaded.opened;
      await letta.delete(`/v1/folders/${folderId}/${id}`);
      return false;
    };
    id = await upload(folderId, 'gone.txt', 'A sentence of some words stands here.\n\nAnother one of some words stands here.');
    uploaded.open();
    const count = async (table: string): Promise<unknown> =>
      (await stack.backend.database.query(`select count(*)::int as n from ${table} where file_id = $1`, [id]))[0];
    await until(async () => (await stack.backend.database.query('select 1 from files where id = $1', [id])).length === 0);
    for (const table of ['passages', 'file_contents', 'file_ingests']) assert.deepEqual(await count(table), { n: 0 });
    assert.equal(await stack.backend.objectStorage.get(`files/${id}`), undefined);
  });
});
