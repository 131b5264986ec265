import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { VectorStoreAway } from '../../src/domain/vectors/vector-store.js';
import type { VectorCollection, VectorFilter, VectorIndex, VectorPoint } from '../../src/domain/vectors/vector-store.js';
import { newPoint } from './passage-rows.js';

export type StoreUnderTest = Pick<VectorIndex, 'search' | 'write'>;

const signal = new AbortController().signal;
const epoch = newPoint([]).createdAt;

const everything: VectorFilter = {
  organizationId: 'org-a',
  ownerIds: null,
  conversationIds: null,
  roles: null,
  tags: [],
  tagMatch: 'any',
  startAt: null,
  endAt: null,
};

/** What every store has to do alike. Each test has owners of its own, so that none has to be emptied. */
export function describeVectorStore(name: string, underTest: () => StoreUnderTest): void {
  describe(`${name} as a vector store`, () => {
    const find = async (vector: readonly number[], filter: Partial<VectorFilter>, limit = 10, collection: VectorCollection = 'passages') =>
      underTest().search({ collection, vector, filter: { ...everything, ...filter }, limit });
    /** A store beside Postgres cannot tell what it never had from what it has lost, and does not answer as if nothing were there. */
    const noneWhenMissing = (error: unknown): [] => {
      if (error instanceof VectorStoreAway && error.failure === 'missing') return [];
      throw error;
    };
    const idsOf = async (...search: Parameters<typeof find>): Promise<string[]> =>
      (await find(...search).catch(noneWhenMissing)).map(({ id }) => id);
    const put = (...points: readonly VectorPoint[]) => underTest().write('passages', points, [], signal);
    const newOwner = (): string => `archive-${randomUUID()}`;

    it('finds the nearest first, by the distance of the cosine, and no more than the limit', async () => {
      const ownerId = newOwner();
      const [same, right, opposite] = [
        newPoint([2, 0, 0], { ownerId }),
        newPoint([0, 3, 0], { ownerId }),
        newPoint([-1, 0, 0], { ownerId }),
      ];
      await put(opposite, same, right);
      const found = await find([1, 0, 0], { ownerIds: [ownerId] });
      assert.deepEqual(
        found.map(({ id, distance }) => [id, Math.round(distance * 1000) / 1000]),
        [
          [same.id, 0],
          [right.id, 1],
          [opposite.id, 2],
        ],
      );
      assert.deepEqual(await idsOf([1, 0, 0], { ownerIds: [ownerId] }, 2), [same.id, right.id]);
    });

    it('shows an organization nothing of another one, though it is nearer and has the same owner and tags', async () => {
      const ownerId = newOwner();
      const shared = { ownerId, tags: ['shared'] };
      const theirs = newPoint([1, 0, 0], { ...shared, organizationId: 'org-b' });
      const ours = newPoint([0, 1, 0], shared);
      await put(theirs, ours);
      assert.deepEqual(await idsOf([1, 0, 0], { ownerIds: [ownerId], tags: ['shared'] }), [ours.id]);
      assert.deepEqual(await idsOf([1, 0, 0], { organizationId: 'org-b', ownerIds: [ownerId] }), [theirs.id]);
      assert.deepEqual(await idsOf([1, 0, 0], { organizationId: 'org-c', ownerIds: [ownerId] }), []);
      assert.deepEqual(await idsOf([1, 0, 0], { organizationId: 'org-c' }), []);
    });

    it('searches the owners that are named, all without a name, and nothing when none is left', async () => {
      const organizationId = `org-${randomUUID()}`;
      const [one, two, three] = [newOwner(), newOwner(), newOwner()].map(ownerId => newPoint([1, 0, 0], { ownerId, organizationId }));
      assert.ok(one !== undefined && two !== undefined && three !== undefined);
      await put(one, two, three);
      const found = async (ownerIds: readonly string[] | null) => (await idsOf([1, 0, 0], { organizationId, ownerIds })).sort();
      assert.deepEqual(await found([one.ownerId, two.ownerId]), [one.id, two.id].sort());
      assert.deepEqual(await found(null), [one.id, two.id, three.id].sort());
      assert.deepEqual(await found([]), []);
    });

    it('finds by any tag or by all, whatever characters a tag has', async () => {
      const ownerId = newOwner();
      const odd = ['two words', 'a,b', 'a|b', `it's "so"`, '{x}', 'back\\slash', 'wild*', '🦉 über', 'a-b.c:d@e'];
      const tagged = newPoint([1, 0, 0], { ownerId, tags: [...odd, 'both'] });
      const plain = newPoint([1, 0, 0], { ownerId, tags: ['both', 'two'] });
      await put(tagged, plain, newPoint([1, 0, 0], { ownerId }));
      for (const tag of odd) assert.deepEqual(await idsOf([1, 0, 0], { ownerIds: [ownerId], tags: [tag] }), [tagged.id], tag);
      for (const tag of ['wild', 'wildcard', 'two words more', 'a']) {
        assert.deepEqual(await idsOf([1, 0, 0], { ownerIds: [ownerId], tags: [tag] }), [], tag);
      }
      const both = await idsOf([1, 0, 0], { ownerIds: [ownerId], tags: ['both'] });
      assert.deepEqual(both.sort(), [tagged.id, plain.id].sort());
      const any = await idsOf([1, 0, 0], { ownerIds: [ownerId], tags: ['two', 'a,b'] });
      assert.deepEqual(any.sort(), [tagged.id, plain.id].sort());
      assert.deepEqual(await idsOf([1, 0, 0], { ownerIds: [ownerId], tags: ['both', 'two'], tagMatch: 'all' }), [plain.id]);
    });

    it('finds by time, to the millisecond and with both ends', async () => {
      const ownerId = newOwner();
      const at = (ms: number): Date => new Date(epoch.getTime() + ms);
      const points = [0, 1, 2, 3].map(ms => newPoint([1, 0, 0], { ownerId, createdAt: at(ms) }));
      await put(...points);
      const ids = points.map(({ id }) => id);
      const found = async (filter: Partial<VectorFilter>) => (await idsOf([1, 0, 0], { ownerIds: [ownerId], ...filter })).sort();
      assert.deepEqual(await found({ startAt: at(1), endAt: at(2) }), ids.slice(1, 3).sort());
      assert.deepEqual(await found({ startAt: at(3) }), ids.slice(3));
      assert.deepEqual(await found({ endAt: at(0) }), ids.slice(0, 1));
    });

    it('compares vectors of the same dimension only', async () => {
      const ownerId = newOwner();
      const [three, four] = [newPoint([1, 0, 0], { ownerId }), newPoint([1, 0, 0, 0], { ownerId })];
      await put(three, four);
      assert.deepEqual(await idsOf([1, 0, 0], { ownerIds: [ownerId] }), [three.id]);
      assert.deepEqual(await idsOf([1, 0, 0, 0], { ownerIds: [ownerId] }), [four.id]);
      assert.deepEqual(await idsOf([1, 0, 0, 0, 0, 0, 0], { ownerIds: [ownerId] }), []);
    });

    it('puts a point in the place of its last version, another dimension too, and forgets what is gone', async () => {
      const ownerId = newOwner();
      const first = newPoint([1, 0, 0], { ownerId, tags: ['old'] });
      await put(first);
      const moved = { ...first, vector: [0, 1, 0], tags: ['new'] };
      await put(moved);
      await put(moved);
      const [found] = await find([0, 1, 0], { ownerIds: [ownerId] });
      assert.ok(found !== undefined && found.id === first.id && Math.abs(found.distance) < 0.001);
      assert.deepEqual(await idsOf([1, 0, 0], { ownerIds: [ownerId], tags: ['old'] }), []);
      const key = { id: first.id, organizationId: first.organizationId };
      await underTest().write('passages', [{ ...first, vector: [1, 0, 0, 0] }], [{ ...key, dimension: 3 }], signal);
      assert.deepEqual(await idsOf([1, 0, 0], { ownerIds: [ownerId] }), []);
      assert.deepEqual(await idsOf([1, 0, 0, 0], { ownerIds: [ownerId] }), [first.id]);
      for (const _ of [1, 2]) await underTest().write('passages', [], [{ ...key, dimension: 4 }], signal);
      assert.deepEqual(await idsOf([1, 0, 0, 0], { ownerIds: [ownerId] }), []);
    });

    it('finds what the filter leaves, though hundreds of others are nearer', async () => {
      const [near, far] = [newOwner(), newOwner()];
      const crowd = Array.from({ length: 500 }, (_, index) => newPoint([1, index / 1e5, 0, 0, 0], { ownerId: near }));
      const wanted = Array.from({ length: 12 }, (_, index) => newPoint([0, 1, index / 100, 0, 0], { ownerId: far }));
      await put(...crowd, ...wanted);
      const found = await idsOf([1, 0, 0, 0, 0], { ownerIds: [far] });
      assert.equal(found.length, 10);
      assert.ok(found.every(id => wanted.some(point => point.id === id)));
    });

    it('finds at least 95 of 100 of the true nearest', async () => {
      const ownerId = newOwner();
      const random = seeded(7);
      const vector = (): number[] => Array.from({ length: 384 }, () => random() - 0.5);
      const points = Array.from({ length: 400 }, () => newPoint(vector(), { ownerId }));
      for (let from = 0; from < points.length; from += 200) await put(...points.slice(from, from + 200));
      let hits = 0;
      for (let n = 0; n < 20; n += 1) {
        const asked = vector();
        const best = points.toSorted((a, b) => cosine(asked, b.vector) - cosine(asked, a.vector)).slice(0, 10);
        const found = new Set(await idsOf(asked, { ownerIds: [ownerId] }));
        hits += best.filter(({ id }) => found.has(id)).length;
      }
      assert.ok(hits >= 190, `${hits} of 200`);
    });
  });
}

/** The half on messages, whose points have an id, a role and a conversation. */
export function describeMessageVectors(name: string, underTest: () => StoreUnderTest): void {
  describe(`${name} as a store of messages' vectors`, () => {
    it('finds by role and conversation, and keeps messages and passages apart', async () => {
      const ownerId = `agent-${randomUUID()}`;
      const message = (more: Partial<VectorPoint>) =>
        newPoint([1, 0, 0], { id: `message-${randomUUID()}`, ownerId, role: 'user', ...more });
      const [one, two, three] = [
        message({ conversationId: 'conv-1' }),
        message({ conversationId: 'conv-2', role: 'assistant' }),
        message({}),
      ];
      await underTest().write('messages', [one, two, three], [], signal);
      const found = async (filter: Partial<VectorFilter>, collection: VectorCollection = 'messages') => {
        const query = { collection, vector: [1, 0, 0], filter: { ...everything, ownerIds: [ownerId], ...filter }, limit: 10 };
        return (await underTest().search(query)).map(({ id }) => id).sort();
      };
      assert.deepEqual(await found({}), [one.id, two.id, three.id].sort());
      assert.deepEqual(await found({ roles: ['user'] }), [one.id, three.id].sort());
      assert.deepEqual(await found({ conversationIds: ['conv-1', 'conv-2'] }), [one.id, two.id].sort());
      assert.deepEqual(await found({ conversationIds: ['conv-2'], roles: ['user'] }), []);
      assert.deepEqual(await found({}, 'passages'), []);
    });
  });
}

/** What stores beside Postgres do for those who carry changes to them. */
export function describeVectorIndex(name: string, underTest: () => VectorIndex): void {
  describe(`${name} as an index of the record`, () => {
    it('counts what it holds and forgets everything, of all organizations and dimensions', async () => {
      const index = underTest();
      await index.clear(signal);
      assert.equal(await index.count('passages', signal), 0);
      const first = newPoint([1, 0, 0]);
      await index.write('passages', [first, newPoint([1, 0, 0, 0]), newPoint([1, 0, 0], { organizationId: 'org-b' })], [], signal);
      await index.write('passages', [first], [], signal);
      await index.write('messages', [newPoint([1, 0, 0], { id: `message-${randomUUID()}` })], [], signal);
      assert.deepEqual([await index.count('passages', signal), await index.count('messages', signal)], [3, 1]);
      await index.clear(signal);
      assert.deepEqual([await index.count('passages', signal), await index.count('messages', signal)], [0, 0]);
      await assert.rejects(
        async () => index.search({ collection: 'passages', vector: first.vector, filter: everything, limit: 10 }),
        (error: unknown) => error instanceof VectorStoreAway && error.failure === 'missing',
        'what is lost is no empty answer',
      );
      await index.write('passages', [first], [], signal);
      assert.equal(await index.count('passages', signal), 1);
    });
  });
}

function cosine(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}

/** Mulberry32: the same numbers in each run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
