import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { ModelError } from '../../src/domain/model/model-error.js';
import type { EmbeddingConfig } from '../../src/domain/model/model-config.js';
import type { ChunksToEmbed, FileToChunk, FileToParse } from '../../src/domain/files/file-ingest.js';
import { createFileIngestsRepository } from '../../src/repositories/file-ingests.repository.js';
import type { FileIngestsRepository } from '../../src/repositories/file-ingests.repository.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';

const config: EmbeddingConfig = {
  handle: 'openai/new',
  embeddingModel: 'new',
  embeddingEndpointType: 'openai',
  embeddingEndpoint: null,
  embeddingDim: 2,
  embeddingChunkSize: 300,
  batchSize: 32,
};
const refusal = new ModelError({ kind: 'llm_bad_request', message: 'It was refused', retryable: false, refusesInput: true });

describe('the rows that say how far a file is read', () => {
  let world: TestDatabase;
  let ingests: FileIngestsRepository;
  let fileId: string;

  before(async () => {
    world = await openTestDatabase();
    ingests = createFileIngestsRepository(world.database);
    await world.database.query(`insert into organizations (id, name) values ('org-a', 'files')`);
    await world.database.query(
      `insert into sources (id, organization_id, name, embedding_config) values ('source-a', 'org-a', 'folder', $1)`,
      [JSON.stringify(config)],
    );
  });
  beforeEach(async () => {
    fileId = `file-${randomUUID()}`;
    await world.database.query(
      `insert into files (id, organization_id, source_id, file_name, original_file_name, object_key) values ($1, 'org-a', 'source-a', $1, 'a.txt', 'files/a')`,
      [fileId],
    );
  });
  after(() => world.close());

  const part = (number: number, text: string) => ({ part: number, firstLine: number, lineCount: 1, text });
  const parsed = { kind: 'text', lineCount: 2, charCount: 6 } as const;
  const chunks = (...texts: readonly string[]) => texts.map(text => ({ text, start: 0, end: text.length }));
  const count = async (table: string): Promise<number | undefined> =>
    (await world.database.query<{ n: number }>(`select count(*)::int as n from ${table} where file_id = $1`, [fileId]))[0]?.n;
  const present = <Value>(value: Value | null): Value => {
    assert.ok(value !== null);
    return value;
  };
  const parse = async (): Promise<FileToParse> => {
    const file = present(await ingests.beginParse(fileId));
    assert.equal(await ingests.addParts(file, [part(0, 'One.\n'), part(1, 'Two.\n')]), true);
    await ingests.finishParse(file, parsed);
    return file;
  };
  const chunkAll = async (): Promise<FileToChunk[]> => {
    const cut: FileToChunk[] = [];
    for (let next = present(await ingests.nextPart(fileId)); next.text !== null; next = present(await ingests.nextPart(fileId))) {
      cut.push(next);
      await ingests.commitPart(next, chunks(`${next.part} a`, `${next.part} b`));
    }
    return cut;
  };
  const delete_ = () => world.database.query('update files set deleted_at = now() where id = $1', [fileId]);

  it('take no text from a parser that another one has taken over from', async () => {
    const first = present(await ingests.beginParse(fileId));
    await ingests.addParts(first, [part(0, 'Of the first')]);
    const second = present(await ingests.beginParse(fileId));
    assert.deepEqual([first.attempt, second.attempt, await count('file_contents')], [1, 2, 0]);
    assert.equal(await ingests.addParts(first, [part(0, 'Of the first')]), false);
    assert.deepEqual([await ingests.isParsing(first), await ingests.isParsing(second)], [false, true]);
    await ingests.finishParse(first, parsed);
    assert.equal((await ingests.progress(fileId)).next, 'parse');
    await ingests.finishParse(second, parsed);
    assert.deepEqual([(await ingests.progress(fileId)).next, await ingests.beginParse(fileId)], ['chunk', null]);
  });

  it('keep each chunk once, however often a part is committed', async () => {
    await parse();
    const cut = await chunkAll();
    for (const late of cut) await ingests.commitPart(late, chunks('late', 'late', 'late'));
    const rows = await world.database.query<{ place: number; text: string }>(
      'select chunk_index as place, text from passages where file_id = $1 order by chunk_index',
      [fileId],
    );
    assert.deepEqual(
      rows.map(({ place, text }) => `${place} ${text}`),
      ['0 0 a', '1 0 b', '2 1 a', '3 1 b'],
    );
    const { totalChunks, chunksEmbedded } = await ingests.progress(fileId);
    assert.deepEqual([totalChunks, chunksEmbedded], [4, 0]);
  });

  it('give nothing to embed before the last part is cut, then each chunk once, and count what was refused', async () => {
    await parse();
    assert.equal(await ingests.nextChunks(fileId, 3), null);
    await chunkAll();
    const batch: ChunksToEmbed = present(await ingests.nextChunks(fileId, 3));
    assert.deepEqual(batch.texts, ['0 a', '0 b', '1 a']);
    await ingests.commitChunks(batch, [[1, 0], refusal, [0, 1]]);
    await ingests.commitChunks(batch, [
      [1, 0],
      [1, 0],
      [0, 1],
    ]);
    const { chunksEmbedded, refusedChunks, note } = await ingests.progress(fileId);
    assert.deepEqual([chunksEmbedded, refusedChunks, note], [2, 1, 'It was refused']);
    const last = present(await ingests.nextChunks(fileId, 3));
    assert.deepEqual([last.from, last.texts], [3, ['1 b']]);
    await ingests.commitChunks(last, [[1, 1]]);
    await ingests.commitChunks(present(await ingests.nextChunks(fileId, 3)), []);
    assert.deepEqual(
      { ...(await ingests.progress(fileId)), note: '' },
      {
        status: 'completed',
        next: null,
        totalChunks: 4,
        chunksEmbedded: 3,
        refusedChunks: 1,
        note: '',
      },
    );
    await ingests.fail(fileId, 'too late');
    assert.equal((await ingests.progress(fileId)).status, 'completed');
  });

  it('begin with the chunks again once they are to be cut in another way, one time', async () => {
    await parse();
    await chunkAll();
    const batch = present(await ingests.nextChunks(fileId, 2));
    await ingests.cutAnew(batch, 'too long');
    assert.equal(await count('passages'), 0);
    await ingests.commitChunks(batch, [
      [1, 0],
      [1, 0],
    ]);
    assert.deepEqual([(await ingests.progress(fileId)).next, (await ingests.progress(fileId)).chunksEmbedded], ['chunk', 0]);
    assert.ok((await chunkAll()).every(({ isConservative }) => isConservative));
    await ingests.cutAnew(present(await ingests.nextChunks(fileId, 2)), 'too long');
    assert.equal(await count('passages'), 4);
  });

  it('take nothing for a file that was deleted meanwhile', async () => {
    const file = await parse();
    const next = present(await ingests.nextPart(fileId));
    await chunkAll();
    const batch = present(await ingests.nextChunks(fileId, 2));
    await delete_();
    await ingests.commitPart(next, chunks('late'));
    await ingests.commitChunks(batch, [
      [1, 0],
      [1, 0],
    ]);
    assert.equal(await ingests.addParts(file, [part(9, 'late')]), false);
    assert.deepEqual(
      [await ingests.nextPart(fileId), await ingests.nextChunks(fileId, 2), await ingests.beginParse(fileId)],
      [null, null, null],
    );
    assert.deepEqual([(await ingests.progress(fileId)).status, (await ingests.progress(fileId)).next], [null, null]);
    const vectors = await world.database.query('select 1 from passages where file_id = $1 and embedding is not null', [fileId]);
    assert.deepEqual([vectors.length, await count('passages')], [0, 4]);
  });

  it('list what is not read, page by page, and leave what was just begun to whoever has begun it', async () => {
    assert.ok(!(await ingests.listOpen('', 1000)).includes(fileId));
    await world.database.query(`update files set updated_at = now() - interval '1 minute' where id = $1`, [fileId]);
    assert.ok((await ingests.listOpen('', 1000)).includes(fileId));
    assert.ok(!(await ingests.listOpen(fileId, 1000)).includes(fileId));
    await ingests.fail(fileId, 'It is broken');
    assert.ok(!(await ingests.listOpen('', 1000)).includes(fileId));
  });
});
