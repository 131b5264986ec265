/** A message of a conversation's history, in its place among all that happened. */
export interface PastMessage {
  readonly id: string;
  readonly sequence: number;
}

/** What took messages out of the context: a compaction, or a reset, which put no summary in their place. */
export interface PastCompaction {
  readonly sequence: number;
  readonly summaryMessageId: string | null;
  readonly evicted: readonly string[];
}

/** Which messages were in a context when the given ones had happened, in its order; the system message is none of them. */
export function contextAsOf(messages: readonly PastMessage[], compactions: readonly PastCompaction[]): readonly string[] {
  const summaries = new Set(compactions.map(compaction => compaction.summaryMessageId));
  const events = [
    ...messages
      .filter(message => !summaries.has(message.id))
      .map(message => ({ at: message.sequence, apply: (context: readonly string[]) => [...context, message.id] })),
    ...compactions.map(compaction => ({ at: compaction.sequence, apply: (context: readonly string[]) => evict(context, compaction) })),
  ];
  return events.sort((one, other) => one.at - other.at).reduce<readonly string[]>((context, { apply }) => apply(context), []);
}

/** The summary stands where the last of the evicted messages was. */
function evict(context: readonly string[], { summaryMessageId, evicted }: PastCompaction): readonly string[] {
  const gone = new Set(evicted);
  const last = context.findLast(id => gone.has(id));
  return context.flatMap(id => (!gone.has(id) ? [id] : id === last && summaryMessageId !== null ? [summaryMessageId] : []));
}
