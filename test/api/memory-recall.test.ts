import assert from 'node:assert/strict';
import { loadTalks } from '../../bench/memory/load-talks.js';
import type { LoadedTalk } from '../../bench/memory/load-talks.js';
import { makeTalks } from '../../bench/memory/make-talks.js';
import { answersOf, askByApi, recallOf } from '../../bench/memory/measure-recall.js';
import type { Ask, Recall } from '../../bench/memory/measure-recall.js';
import { textOf } from '../../bench/memory/talk.js';
import { embeddingKey } from '../../src/domain/model/embedder.js';
import { useStack } from '../support/stack-client.js';

const passageId = (messageId: string): string => messageId.replace('message-', 'passage-');

/** Two talks of the set that `npm run bench:memory` measures as a whole: what it says there must not get lost on the way. */
describe('what memory finds', function () {
  this.timeout(120_000);
  const { stack } = useStack();
  let talks: readonly LoadedTalk[];

  before(async () => {
    talks = await loadTalks(stack.url, stack.backend, makeTalks(20_251).slice(0, 2));
  });

  const recallBy = async (ask: Ask): Promise<Recall> => recallOf(await answersOf(talks, ask));

  /** Among so few questions either way may be ahead by chance, the whole set says which is the better one. */
  function assertRecall(fused: Recall, ways: readonly Recall[], least: Omit<Recall, 'questions'>): void {
    for (const metric of ['anyAt1', 'anyAt10', 'recallAt10'] as const) {
      const told = `${metric}: fused ${fused[metric].toFixed(3)}, the ways alone ${ways.map(way => way[metric].toFixed(3)).join(', ')}`;
      assert.ok(fused[metric] >= Math.max(least[metric], ...ways.map(way => 0.9 * way[metric])), told);
    }
  }

  it('of messages is as much as was measured, by words and vectors together', async () => {
    const [fused, words, vectors] = await Promise.all(
      (['hybrid', 'fts', 'vector'] as const).map(mode => recallBy(askByApi(stack.url, mode))),
    );
    assert.ok(fused !== undefined && words !== undefined && vectors !== undefined);
    assertRecall(fused, [words, vectors], { anyAt1: 0.3, anyAt10: 0.54, recallAt10: 0.48 });
  });

  it('of passages is as much as was measured, and more than by words alone', async () => {
    const archives = await Promise.all(talks.map(storeTurns));
    const [fused, words] = await Promise.all([recallBy(askArchive(archives, true)), recallBy(askArchive(archives, false))]);
    assertRecall(fused, [words], { anyAt1: 0.24, anyAt10: 0.54, recallAt10: 0.5 });
  });

  async function storeTurns({ talk, agentId, turnOf }: LoadedTalk): Promise<string> {
    const { archives, passageIntake, embeddingChoice } = stack.backend;
    const { signal } = new AbortController();
    const place = await archives.ensureForAgent(agentId, await embeddingChoice.named('perdura/minilm', signal));
    assert.ok(place !== null);
    const idOf = new Map([...turnOf].map(([message, turn]) => [turn, message]));
    const passages = talk.turns.map(turn => ({
      id: passageId(idOf.get(turn.id) ?? ''),
      text: textOf(turn),
      tags: [],
      metadata: {},
      // Equal texts are one passage unless their times differ.
      createdAt: new Date(turn.at),
      toolCallId: null,
      createdById: null,
    }));
    await passageIntake.store(place, passages, signal);
    return place.archiveId;
  }

  function askArchive(archives: readonly string[], byMeaning: boolean): Ask {
    const { database, embedder, embeddingChoice, passageSearch } = stack.backend;
    return async (loaded, { text }) => {
      const { signal } = new AbortController();
      const config = await embeddingChoice.named('perdura/minilm', signal);
      const [vector = []] = byMeaning ? await embedder.embed(config, [text], signal) : [];
      const archiveId = archives[talks.indexOf(loaded)] ?? '';
      const [archive] = await database.query<{ id: string }>('select organization_id as id from archives where id = $1', [archiveId]);
      const { passages } = await passageSearch.search({
        organizationId: archive?.id ?? '',
        ownerIds: [archiveId],
        query: text,
        vectors: byMeaning ? [{ model: embeddingKey(config), vector }] : [],
        tags: [],
        tagMatch: 'any',
        startAt: null,
        endAt: null,
        limit: 10,
      });
      return { ids: passages.map(({ id }) => id.replace('passage-', 'message-')), topScore: passages[0]?.score ?? 0 };
    };
  }
});
