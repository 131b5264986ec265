import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { contentHash } from '../../src/repositories/content-hash.js';
import { createEmbeddingsRepository } from '../../src/repositories/embeddings.repository.js';
import { sharedStack } from '../support/stack.js';

describe('createEmbeddingsRepository', () => {
  it('finds the vectors of a model by hash, and keeps the first that was written', async () => {
    const { database } = (await sharedStack()).backend;
    const [embeddings, model] = [createEmbeddingsRepository(database), randomUUID()];
    await embeddings.add(
      model,
      new Map([
        ['h1', [1, 0.25]],
        ['h2', [0, 1]],
      ]),
    );
    await embeddings.add(model, new Map([['h1', [9, 9]]]));
    assert.deepEqual(
      await embeddings.find(model, ['h1', 'h2', 'h3']),
      new Map([
        ['h1', [1, 0.25]],
        ['h2', [0, 1]],
      ]),
    );
    assert.deepEqual(await embeddings.find(randomUUID(), ['h1']), new Map());
  });

  it('deletes what nobody has used for so long, and what a look-up has touched stays', async () => {
    const { database } = (await sharedStack()).backend;
    const [embeddings, model] = [createEmbeddingsRepository(database), randomUUID()];
    await embeddings.add(
      model,
      new Map([
        ['old', [1]],
        ['used', [2]],
        ['new', [3]],
      ]),
    );
    await database.query(`update embeddings set used_at = now() - interval '40 days' where model = $1 and content_hash <> $2`, [
      model,
      contentHash('new'),
    ]);
    await embeddings.find(model, ['used']);
    while (await embeddings.deleteUnused(30, 1_000_000));
    assert.deepEqual([...(await embeddings.find(model, ['old', 'used', 'new'])).keys()].toSorted(), ['new', 'used']);
  });

  it('bounds how many are kept, the least used going first', async () => {
    const { database } = (await sharedStack()).backend;
    const [embeddings, model] = [createEmbeddingsRepository(database), randomUUID()];
    await embeddings.add(
      model,
      new Map([
        ['a', [1]],
        ['b', [2]],
        ['c', [3]],
      ]),
    );
    await database.query(`update embeddings set used_at = now() + (embedding::real[])[1] * interval '1 hour' where model = $1`, [model]);
    while (await embeddings.deleteUnused(30, 2));
    assert.deepEqual([...(await embeddings.find(model, ['a', 'b', 'c'])).keys()].toSorted(), ['b', 'c']);
  });
});
