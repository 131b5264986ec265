import { VectorStoreAway } from '../../src/domain/vectors/vector-store.js';
import type { VectorCollection, VectorIndex, VectorPoint } from '../../src/domain/vectors/vector-store.js';

/** A store that a test can look into and take away. */
export interface MemoryVectorIndex extends VectorIndex {
  isAway: boolean;
  /** Called before each write is done. */
  onWrite: (points: readonly VectorPoint[]) => Promise<void> | void;
  /** What it holds, by dimension and id. */
  readonly held: Map<string, VectorPoint>;
}

export function createMemoryVectorIndex(): MemoryVectorIndex {
  const held = new Map<string, VectorPoint>();
  const keyOf = (collection: VectorCollection, dimension: number, id: string): string => `${collection} ${dimension} ${id}`;
  const answer = async <Answer>(work: () => Answer): Promise<Answer> => {
    if (index.isAway) throw new VectorStoreAway('redis', 'taken away');
    return Promise.resolve(work());
  };
  const index: MemoryVectorIndex = {
    name: 'redis',
    isAway: false,
    onWrite: () => undefined,
    held,
    search: () => answer(() => []),
    async write(collection, points, forgotten) {
      await index.onWrite(points);
      return answer(() => {
        for (const { id, dimension } of forgotten) held.delete(keyOf(collection, dimension, id));
        for (const point of points) held.set(keyOf(collection, point.vector.length, point.id), point);
      });
    },
    count: collection => answer(() => [...held.keys()].filter(key => key.startsWith(`${collection} `)).length),
    clear: () => answer(() => held.clear()),
    close: () => Promise.resolve(),
  };
  return index;
}
