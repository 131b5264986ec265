import assert from 'node:assert/strict';
import { createPassageSearchRepository } from '../../src/repositories/passage-search.repository.js';
import { createPgvectorStore } from '../../src/repositories/pgvector-store.js';
import { createSearchSettingsRepository, UnknownLanguage } from '../../src/repositories/search-settings.repository.js';
import { searchWords } from '../../src/repositories/word-search.js';
import { openTestDatabase } from '../support/database.js';
import type { TestDatabase } from '../support/database.js';
import { newPoint, putPassages } from '../support/passage-rows.js';

const passageWords = { name: 'passage_words', join: '', id: 'passage_id', order: 'w.passage_id' };

describe('the search by words', () => {
  let world: TestDatabase;

  before(async () => {
    world = await openTestDatabase();
  });
  beforeEach(() => world.database.query('delete from passages'));
  after(() => world.close());

  const store = (...texts: readonly string[]) =>
    putPassages(
      world.database,
      texts.map(id => newPoint([1], { id })),
    );
  const find = async (query: string, owners: readonly string[] = ['archive-a']) => {
    const hits = await searchWords(world.database, { table: passageWords, owners, query, limit: 10, conditions: 'true', parameters: [] });
    return hits === null ? null : hits.map(({ id }) => id);
  };
  const speak = (language: string) =>
    createSearchSettingsRepository(world.database).apply({ language, embedsMessages: true, defaultEmbedding: null });

  it('prefers the rarer word, and what has more of the query', async () => {
    await store(
      'the ferry to Oslo',
      'the ferry to Bergen',
      'the ferry to Trondheim',
      'a train to Oslo',
      'a ferry, and then a train to Oslo',
    );
    assert.deepEqual((await find('train ferry'))?.slice(0, 2), ['a ferry, and then a train to Oslo', 'a train to Oslo']);
  });

  it('scores how much of the query a text covers, so that a poor match shows as one', async () => {
    await store('a heron', 'a heron on a bicycle in Oslo');
    const hits = await searchWords(world.database, {
      table: passageWords,
      owners: ['archive-a'],
      query: 'heron bicycle Oslo',
      limit: 10,
      conditions: 'true',
      parameters: [],
    });
    const [whole, part] = (hits ?? []).map(({ score }) => score);
    assert.ok(whole !== undefined && part !== undefined && whole > 0.8 && part < 0.5, `${whole} and ${part}`);
  });

  it('takes operators, quotes and marks of a query for text', async () => {
    await store("the captain's log & journal", 'nothing of the kind');
    for (const query of ["captain's & log", "log') | ('kind", 'captain:* <-> !log', '\\log\\', '"log" -kind'])
      assert.ok((await find(query))?.includes("the captain's log & journal"), query);
    assert.equal(await find('& | ! ()'), null, 'it has no word');
  });

  it('finds within all owners that are named, and within no other', async () => {
    await store('a heron here');
    await putPassages(world.database, [newPoint([1], { id: 'a heron there', ownerId: 'archive-b' })]);
    assert.deepEqual(await find('heron'), ['a heron here']);
    assert.deepEqual((await find('heron', ['archive-a', 'archive-b']))?.toSorted(), ['a heron here', 'a heron there']);
    assert.deepEqual(await find('heron', ['archive-c']), []);
    assert.deepEqual(await find('@archive-b'), [], 'an owner is no word that can be asked for');
  });

  it('knows the forms of the words of its language, and indexes anew when that changes', async () => {
    await store('wir liefen durch die Häuser', 'they were running through the houses');
    assert.deepEqual([await find('house'), await find('Haus')], [['they were running through the houses'], []]);
    await speak('german');
    assert.deepEqual(await find('Haus'), ['wir liefen durch die Häuser']);
    await store('alte Bäume');
    assert.deepEqual(await find('Baum'), ['alte Bäume'], 'what is written since');
    await speak('simple');
    assert.deepEqual([await find('Haus'), await find('häuser')], [[], ['wir liefen durch die Häuser']]);
    await assert.rejects(speak('klingon'), UnknownLanguage);
    assert.deepEqual(await find('häuser'), ['wir liefen durch die Häuser'], 'a language that is none changes nothing');
    await speak('english');
  });

  it('finds what is written without blanks by its characters', async () => {
    await store('私は東京に住んでいます', '京都は古い');
    assert.deepEqual((await find('東京'))?.[0], '私は東京に住んでいます');
  });

  it('forgets what a text no longer says', async () => {
    await store('a heron');
    await world.database.query(`update passages set text = 'an otter'`);
    assert.deepEqual([await find('heron'), await find('otter')], [[], ['a heron']]);
  });

  it('looks for a query without words as it stands, among the newest passages', async () => {
    await store('see #@! for that', 'nothing');
    const search = createPassageSearchRepository(
      world.database,
      createPgvectorStore(world.database, { efSearch: 100, maxScanTuples: 1000, exactNumbers: 0 }),
    );
    const asked = { organizationId: 'org-a', ownerIds: ['archive-a'], vectors: [], tags: [], startAt: null, endAt: null, limit: 5 };
    const { passages } = await search.search({ ...asked, query: ' #@! ', tagMatch: 'any' });
    assert.deepEqual(
      passages.map(({ text, wordRank, vectorRank }) => [text, wordRank, vectorRank]),
      [['see #@! for that', 1, null]],
    );
  });
});
