import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Letta } from '@letta-ai/letta-client';
import { createPassagesRepository } from '../../src/repositories/passages.repository.js';
import { createPassageSearchRepository } from '../../src/repositories/passage-search.repository.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe('archival memory', () => {
  let stack: Stack;
  let client: Letta;

  before(async () => {
    stack = await sharedStack();
    client = new Letta({ baseURL: stack.url, apiKey: 'none', maxRetries: 0 });
  });

  async function newAgent(embedding: string | null): Promise<string> {
    return (await client.agents.create({ model: 'openai/mock-model', ...(embedding === null ? {} : { embedding }) })).id;
  }

  it('inserts, lists, searches by meaning and words, and deletes by the official SDK', async () => {
    const agentId = await newAgent('openai/text-embedding-3-small');
    for (const text of ['The cat sleeps on the red sofa', 'Quarterly revenue grew by nine percent', 'Ada Berg lives in Oslo']) {
      await client.agents.passages.create(agentId, { text, tags: text.includes('Ada') ? ['people'] : ['other'] });
    }
    assert.equal((await client.agents.passages.list(agentId)).length, 3);
    const found = await client.agents.passages.search(agentId, { query: 'where does Ada live' });
    assert.match(found.results[0]?.content ?? '', /Ada Berg/);
    const tagged = await client.agents.passages.search(agentId, { query: 'sofa revenue Oslo', tags: ['people'] });
    assert.deepEqual(
      tagged.results.map(result => result.content),
      ['Ada Berg lives in Oslo'],
    );
    const [first] = await client.agents.passages.list(agentId);
    await client.agents.passages.delete(first?.id ?? '', { agent_id: agentId });
    assert.equal((await client.agents.passages.list(agentId)).length, 2);
  });

  it('finds passages by their words when the agent has no embedding model', async () => {
    const agentId = await newAgent(null);
    await client.agents.passages.create(agentId, { text: 'The launch code is heron forty-two' });
    const found = await client.agents.passages.search(agentId, { query: 'launch codes' });
    assert.equal(found.count, 1);
  });

  it('embeds on this machine with the offline model', async function () {
    this.timeout(120_000);
    const agentId = await newAgent('perdura/minilm');
    for (const text of ['A dog chases a ball in the park', 'Interest rates were raised by the bank'])
      await client.agents.passages.create(agentId, { text });
    const found = await client.agents.passages.search(agentId, { query: 'puppy playing outside' });
    assert.match(found.results[0]?.content ?? '', /dog/);
  });

  it('pages by cursor in both directions without gap or double', async () => {
    const agentId = await newAgent(null);
    for (let index = 0; index < 5; index += 1) await client.agents.passages.create(agentId, { text: `passage ${index}` });
    const first = await client.agents.passages.list(agentId, { limit: 2 });
    const second = await client.agents.passages.list(agentId, { limit: 2, after: first[1]?.id ?? '' });
    assert.deepEqual(
      [...first, ...second].map(passage => passage.text),
      ['passage 0', 'passage 1', 'passage 2', 'passage 3'],
    );
    const down = await client.agents.passages.list(agentId, { limit: 1, ascending: false });
    assert.deepEqual(
      down.map(passage => passage.text),
      ['passage 4'],
    );
  });

  it('makes one archive for two first insertions, and one passage for a repeated tool call', async () => {
    const agentId = await newAgent(null);
    const passages = createPassagesRepository(stack.backend.database);
    const places = await Promise.all([1, 2, 3].map(() => passages.ensureArchive(agentId)));
    assert.equal(new Set(places.map(place => place?.archiveId)).size, 1);
    const [place] = places;
    assert.ok(place != null);
    const insert = () =>
      passages.insert(place, {
        id: `passage-${randomUUID()}`,
        text: 'once',
        tags: [],
        metadata: {},
        createdAt: null,
        embedding: null,
        toolCallId: 'call-1',
        createdById: null,
      });
    const [one, two] = [await insert(), await insert()];
    assert.equal(one.id, two.id);
  });

  it('answers a search of 6,000 passages by the vector index', async function () {
    this.timeout(180_000);
    const agentId = await newAgent('openai/text-embedding-3-small');
    const place = await createPassagesRepository(stack.backend.database).ensureArchive(agentId);
    assert.ok(place !== null);
    // In parts, for a statement has only so much time.
    for (let part = 0; part < 3; part += 1) {
      await stack.backend.database.query(
        `insert into passages (id, organization_id, archive_id, text, embedding, embedding_dim)
         select 'passage-' || gen_random_uuid(), $1, $2, 'synthetic ' || n, (select array_agg(random()) from generate_series(1, 384) where n > 0)::vector, 384
           from generate_series(1, 2000) n`,
        [place.organizationId, place.archiveId],
      );
    }
    await stack.backend.database.query('analyze passages');
    const embedding = Array.from({ length: 384 }, (_, index) => Math.sin(index));
    const search = {
      archiveIds: [place.archiveId],
      query: 'nothing',
      embedding,
      tags: [],
      tagMatch: 'any' as const,
      startAt: null,
      endAt: null,
      limit: 5,
    };
    assert.equal((await createPassageSearchRepository(stack.backend.database).search(search)).length, 5);
    const plan = await stack.backend.database.query<Record<string, string>>(
      `explain select p.id from passages p where p.archive_id = any($1) and p.embedding_dim = 384
        order by p.embedding::halfvec(384) <=> $2::halfvec(384) limit 50`,
      [[place.archiveId], JSON.stringify(embedding)],
    );
    assert.match(JSON.stringify(plan), /passages_embedding_384/);
    await stack.backend.database.query('delete from passages where archive_id = $1', [place.archiveId]);
  });
});
