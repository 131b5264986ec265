export interface PlacedCompaction {
  readonly summaryId: string;
  /** In order. */
  readonly evictedIds: readonly string[];
}

/**
 * A context as it would be without a run: the summaries that it made give way to what they had replaced, the newest first, and its messages leave.
 * Ids, in order.
 */
export function contextWithoutRun(
  context: readonly string[],
  newestFirst: readonly PlacedCompaction[],
  undone: ReadonlySet<string>,
): readonly string[] {
  const restored = newestFirst.reduce<readonly string[]>(
    (ids, { summaryId, evictedIds }) => ids.flatMap(id => (id === summaryId ? evictedIds : [id])),
    context,
  );
  return restored.filter(id => !undone.has(id));
}
