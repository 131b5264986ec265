import { VectorStoreAway } from '../../domain/vectors/vector-store.js';
import type { ChangedPoints, RefusedPoint } from '../../repositories/vector-changes.repository.js';

/**
 * Writes all at once, and halves of it where the store has no answer in time or refuses: one point that it will never take must not keep the others. The points
 * that it refuses by themselves; `lost` when a write says that it must not be done any more.
 */
export async function writeDivided(
  changes: ChangedPoints,
  write: (part: ChangedPoints) => Promise<boolean>,
): Promise<readonly RefusedPoint[] | 'lost'> {
  try {
    return (await write(changes)) ? [] : 'lost';
  } catch (error) {
    if (!(error instanceof VectorStoreAway) || (error.failure !== 'late' && error.failure !== 'refused')) throw error;
    const halves = halvesOf(changes);
    if (halves === null) {
      if (error.failure === 'late') throw error;
      return refusedOf(changes, error.reason);
    }
    const refused: RefusedPoint[] = [];
    for (const half of halves) {
      const more = await writeDivided(half, write);
      if (more === 'lost') return 'lost';
      refused.push(...more);
    }
    return refused;
  }
}

/** Null when there is nothing left to divide. */
function halvesOf({ collection, points, forgotten }: ChangedPoints): readonly [ChangedPoints, ChangedPoints] | null {
  if (points.length + forgotten.length < 2) return null;
  if (points.length > 0 && forgotten.length > 0) {
    return [
      { collection, points: [], forgotten },
      { collection, points, forgotten: [] },
    ];
  }
  const cut = (list: { readonly length: number }): number => Math.ceil(list.length / 2);
  return [
    { collection, points: points.slice(0, cut(points)), forgotten: forgotten.slice(0, cut(forgotten)) },
    { collection, points: points.slice(cut(points)), forgotten: forgotten.slice(cut(forgotten)) },
  ];
}

function refusedOf({ collection, points, forgotten }: ChangedPoints, reason: string): RefusedPoint[] {
  return [
    ...points.map(({ id, organizationId }) => ({ collection, id, organizationId, dimension: null, reason })),
    ...forgotten.map(point => ({ collection, ...point, reason })),
  ];
}
