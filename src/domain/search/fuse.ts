/** What one way of searching found. */
export interface Hit {
  readonly id: string;
  /** Of vectors the cosine; of words how much of the query they cover, rare words counting more: 1 = all of it. */
  readonly score: number;
}

/** A turn near a hit: `offset` turns after it, before it when negative. */
export interface NearTurn {
  readonly id: string;
  readonly offset: number;
}

export interface FusionInput {
  /** Best first, like `vectors`. */
  readonly words: readonly Hit[];
  readonly vectors: readonly Hit[];
  /** By id of a hit. Nothing where things stand by themselves, such as passages. */
  readonly near?: ReadonlyMap<string, readonly NearTurn[]>;
}

export interface Fused {
  readonly id: string;
  readonly score: number;
  /** Places from 1; null = not found in this way. */
  readonly vectorRank: number | null;
  readonly wordRank: number | null;
}

/**
 * Measured by `npm run bench:memory` (docs/benchmarks-memory.md): the optimum is flat. Words count a little more: on small embedding models the nearest turns
 * are often merely alike in tone.
 */
const vectorWeight = 0.4;
const wordWeight = 1 - vectorWeight;
/** What part of its own score a hit lends to a turn that stands so many turns after it: an answer rarely repeats the words of its question. */
const lent: ReadonlyMap<number, number> = new Map([
  [1, 0.2],
  [2, 0.05],
  [-1, 0.05],
]);

/**
 * One order out of two, best first. It goes by scores: unlike ranks they tell a clear hit from the first of many poor ones.
 * Each hit lends to its near turns, which thereby can be found without being hits.
 */
export function fuse({ words, vectors, near = new Map() }: FusionInput): Fused[] {
  const [wordRanks, vectorRanks] = [ranksOf(words), ranksOf(vectors)];
  const own = new Map<string, number>();
  addParts(own, words, wordWeight);
  addParts(own, vectors, vectorWeight);
  const scores = new Map(own);
  for (const [id, score] of own) {
    for (const turn of near.get(id) ?? []) add(scores, turn.id, score * (lent.get(turn.offset) ?? 0));
  }
  return [...scores]
    .map(([id, score]) => ({ id, score, vectorRank: vectorRanks.get(id) ?? null, wordRank: wordRanks.get(id) ?? null }))
    .toSorted((a, b) => b.score - a.score || bestRank(a) - bestRank(b));
}

function addParts(scores: Map<string, number>, hits: readonly Hit[], weight: number): void {
  for (const { id, score } of hits) add(scores, id, weight * Math.max(0, score));
}

function add(scores: Map<string, number>, id: string, part: number): void {
  scores.set(id, (scores.get(id) ?? 0) + part);
}

function ranksOf(hits: readonly Hit[]): ReadonlyMap<string, number> {
  return new Map(hits.map(({ id }, index) => [id, index + 1]));
}

function bestRank({ vectorRank, wordRank }: Fused): number {
  return Math.min(vectorRank ?? Infinity, wordRank ?? Infinity);
}
