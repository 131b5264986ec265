import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Letta } from '@letta-ai/letta-client';
import type { ArchivePlace } from '../../src/repositories/archive-places.js';
import type { Database } from '../../src/repositories/database.js';
import { createPassagesRepository } from '../../src/repositories/passages.repository.js';
import type { NewPassage, Passage, PassagesRepository } from '../../src/repositories/passages.repository.js';
import { newPoint, putPassages } from '../support/passage-rows.js';
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

  it('finds what has all the words, however many have one of them', async () => {
    const { database, passageSearch } = stack.backend;
    const mark = randomUUID().slice(0, 8);
    const [organizationId, ownerId] = [`org-${mark}`, `archive-${mark}`];
    const texts = ['river', 'heron'].flatMap(word => Array.from({ length: 250 }, (_, n) => `${word} ${n} ${mark}`));
    const [both, rare] = [`A heron stands in the river ${mark}`, `The river has an otter ${mark}`];
    await putPassages(
      database,
      [...texts, both, rare].map(id => newPoint([1], { id, organizationId, ownerId })),
    );
    const first = async (query: string): Promise<string | undefined> => {
      const search = {
        organizationId,
        ownerIds: [ownerId],
        query,
        vectors: [],
        tags: [],
        tagMatch: 'any',
        startAt: null,
        endAt: null,
        limit: 3,
      } as const;
      return (await passageSearch.search(search)).passages[0]?.text;
    };
    assert.deepEqual([await first('river heron'), await first('an otter on a bicycle at the river')], [both, rare]);
    assert.equal(await first('the of and'), undefined, 'no word of it is indexed');
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

  it('makes one archive for two first insertions, and another one when that was taken from the agent', async () => {
    const agentId = await newAgent(null);
    const { archives } = stack.backend;
    const places = await Promise.all([1, 2, 3].map(() => archives.ensureForAgent(agentId, null)));
    assert.equal(new Set(places.map(place => place?.archiveId)).size, 1);
    await archives.detach(agentId, places[0]?.archiveId ?? '');
    const next = await archives.ensureForAgent(agentId, null);
    assert.ok(next !== null && next.archiveId !== places[0]?.archiveId);
    assert.deepEqual(await archives.ensureForAgent(agentId, null), next);
    assert.equal(await archives.ensureForAgent(`agent-${randomUUID()}`, null), null);
  });

  it('inserts the passage of a tool call once, and leaves it to others who inserted it too when the run is undone', async () => {
    const agentId = await newAgent(null);
    const { archives, passages, database } = stack.backend;
    const place = await archives.ensureForAgent(agentId, null);
    assert.ok(place !== null);
    const insert = async (toolCallId: string | null) => {
      const [passage] = await inserted(passages, place, [{ ...newPassage('once'), toolCallId }]);
      assert.ok(passage !== undefined);
      return passage.id;
    };
    const owner = async () =>
      (await database.query<{ of: string | null }>('select tool_call_id as of from passages where archive_id = $1', [place.archiveId])).map(
        row => row.of,
      );
    assert.equal(await insert('call-1'), await insert('call-1'));
    assert.deepEqual(await owner(), ['call-1']);
    await insert('call-2');
    assert.deepEqual(await owner(), [null]);
  });

  it('takes equal texts of an archive for one passage with the tags of all, and dated ones for as many as there are dates', async () => {
    const agentId = await newAgent(null);
    const { archives, passages } = stack.backend;
    const place = await archives.ensureForAgent(agentId, null);
    assert.ok(place !== null);
    const [first, second] = [new Date('2024-01-01T00:00:00Z'), new Date('2024-01-02T00:00:00Z')];
    const stored = await inserted(passages, place, [
      { ...newPassage('same'), tags: ['a'], metadata: { x: 1 } },
      newPassage('other'),
      { ...newPassage('same'), tags: ['b', 'a'], metadata: { y: 2 } },
      { ...newPassage('same'), createdAt: first },
      { ...newPassage('same'), createdAt: second },
    ]);
    const ids = stored.map(passage => passage.id);
    assert.equal(ids[0], ids[2]);
    assert.equal(new Set(ids).size, 4);
    assert.deepEqual([stored[0]?.tags, stored[0]?.metadata], [['a', 'b'], { x: 1, y: 2 }]);
    const [again] = await inserted(passages, place, [{ ...newPassage('same'), tags: ['c'] }]);
    assert.deepEqual([again?.id, again?.tags, again?.createdAt], [ids[0], ['a', 'b', 'c'], stored[0]?.createdAt]);
  });

  it('inserts a thousand passages in five statements', async () => {
    const agentId = await newAgent(null);
    const { archives, database } = stack.backend;
    const place = await archives.ensureForAgent(agentId, null);
    assert.ok(place !== null);
    let statements = 0;
    const counted: Database = {
      query: (...query) => {
        statements += 1;
        return database.query(...query);
      },
    };
    const stored = await inserted(
      createPassagesRepository(counted),
      place,
      Array.from({ length: 1000 }, (_, index) => newPassage(`note ${index}`)),
    );
    assert.deepEqual([stored.length, statements], [1000, 5]);
    assert.deepEqual(
      stored.slice(0, 3).map(passage => passage.text),
      ['note 0', 'note 1', 'note 2'],
    );
  });
});

function newPassage(text: string): NewPassage {
  return {
    id: `passage-${randomUUID()}`,
    text,
    tags: [],
    metadata: {},
    createdAt: null,
    embedding: null,
    toolCallId: null,
    createdById: null,
  };
}

async function inserted(passages: PassagesRepository, place: ArchivePlace, added: readonly NewPassage[]): Promise<Passage[]> {
  return (await passages.insert(place, added)) ?? assert.fail('the archive has changed');
}
