import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MockActivityEnvironment } from '@temporalio/testing';
import { createFileActivities } from '../../src/activities/files/create-file-activities.js';
import type { EmbeddingConfig } from '../../src/domain/model/model-config.js';
import { createEmbedder } from '../../src/providers/embeddings/create-embedder.js';
import { openAiTokenizer } from '../../src/providers/llm/openai/openai-tokenizer.js';
import { createEmbeddingsRepository } from '../../src/repositories/embeddings.repository.js';
import { createFileIngestsRepository } from '../../src/repositories/file-ingests.repository.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { seeded } from '../support/vector-store-conformance.js';

/** So many numbers as usual, but one that no index is on: the index is what takes the time, and is in Postgres. */
const dimension = 1500;
const config: EmbeddingConfig = {
  handle: 'openai/new',
  embeddingModel: 'new',
  embeddingEndpointType: 'openai',
  embeddingEndpoint: null,
  embeddingDim: dimension,
  embeddingChunkSize: 30,
  batchSize: 128,
};
const filesOfRound = 16;
const chunksOfFile = 100;
/** The vectors of one round alone are 19 MB. */
const mostGrowth = 3_000_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe('the memory of whoever reads files', () => {
  let world: TestDatabase;
  let activities: ReturnType<typeof createFileActivities>;
  const contents = new Map<string, Buffer>();
  const random = seeded(3);

  before(async () => {
    world = await openTestDatabase();
    const embeddingModel = {
      embed: (texts: readonly string[]) => Promise.resolve(texts.map(() => Array.from({ length: dimension }, random))),
    };
    const models = { embeddingModel: () => embeddingModel };
    activities = createFileActivities({
      fileIngests: createFileIngestsRepository(world.database),
      agentFiles: { attachRead: () => Promise.resolve() },
      chunkTokenizer: async () => (await openAiTokenizer('gpt-4')) ?? assert.fail('no tokenizer'),
      embedder: createEmbedder({ models, cache: createEmbeddingsRepository(world.database), limits: { texts: 128, tokens: 100_000 } }),
      fileEmbeddingBatch: 128,
      objectStorage: { get: key => Promise.resolve(bytesOf(contents.get(key) ?? assert.fail(key))) },
      documentParser: { parse: ({ bytes }) => Promise.resolve({ kind: 'lines', text: textOf(bytes) }) },
      parseLimits: { maxCharacters: 1_000_000, timeoutMinutes: 1 },
    });
    await world.database.query(`insert into organizations (id, name) values ('org-a', 'files')`);
    await world.database.query(
      `insert into sources (id, organization_id, name, embedding_config) values ('source-a', 'org-a', 'folder', $1)`,
      [JSON.stringify(config)],
    );
  });
  after(() => world.close());

  async function readFile(fileId: string): Promise<void> {
    const lines = Array.from({ length: chunksOfFile }, (_, line) => `${fileId} ${line} ${'heron '.repeat(10)}`);
    contents.set(fileId, Buffer.from(lines.join('\n')));
    await world.database.query(
      `insert into files (id, organization_id, source_id, file_name, object_key) values ($1, 'org-a', 'source-a', $1, $1)`,
      [fileId],
    );
    const { parseFile, chunkFile, embedFile } = activities;
    for (const activity of [parseFile, chunkFile, embedFile]) await new MockActivityEnvironment().run(activity, { fileId });
    contents.delete(fileId);
  }

  async function heapAfter(round: string): Promise<number> {
    for (let file = 0; file < filesOfRound; file += 1) await readFile(`${round}-${file}`);
    await new Promise(resolve => setImmediate(resolve));
    collectGarbage();
    return process.memoryUsage().heapUsed;
  }

  it('does not grow with the files that were read', async () => {
    await heapAfter('warm');
    const before = await heapAfter('before');
    const growth = (await heapAfter('after')) - before;
    assert.ok(growth < mostGrowth, `${(growth / 1e6).toFixed(1)} MB more`);
    const [read] = await world.database.query<{ files: number; vectors: number }>(
      `select (select count(*)::int from files where processing_status = 'completed') as files, (select count(embedding)::int from passages) as vectors`,
    );
    assert.deepEqual(read, { files: 3 * filesOfRound, vectors: 3 * filesOfRound * chunksOfFile });
  });
});

async function* bytesOf(content: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(content);
}

async function* textOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  for await (const piece of bytes) yield Buffer.from(piece).toString();
}
