export interface PlacedCompaction {
  readonly summaryId: string;
  /** All that the summary stands for, in order, and what stayed between them. */
  readonly replacedIds: readonly string[];
}

/** A context with the messages that a summary stands for in its place again. Ids, in order. */
export function contextWithoutCompaction(context: readonly string[], { summaryId, replacedIds }: PlacedCompaction): readonly string[] {
  if (!context.includes(summaryId)) return context;
  const replaced = new Set(replacedIds);
  return context.flatMap(id => (id === summaryId ? replacedIds : replaced.has(id) ? [] : [id]));
}

/** A context as it would be without a run: the summaries that it made give way to what they had replaced, the newest first, and its messages leave. */
export function contextWithoutRun(
  context: readonly string[],
  newestFirst: readonly PlacedCompaction[],
  undone: ReadonlySet<string>,
): readonly string[] {
  return newestFirst.reduce(contextWithoutCompaction, context).filter(id => !undone.has(id));
}
