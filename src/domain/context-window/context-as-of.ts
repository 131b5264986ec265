import { contextWithoutCompaction } from './context-without-compaction.js';

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
  /** From the first to the last evicted one, where one between them stayed. */
  readonly replaced?: readonly string[] | null;
  /** When it was undone. */
  readonly undoneSequence?: number | null;
}

type Change = (context: readonly string[]) => readonly string[];

/**
 * Which messages were in a context when the given ones had happened, in its order; the system message is none of them. Messages that were deleted since are
 * not given: a summary that stands for such ones alone stays, in front.
 */
export function contextAsOf(messages: readonly PastMessage[], compactions: readonly PastCompaction[]): readonly string[] {
  const summaries = new Set(compactions.map(compaction => compaction.summaryMessageId));
  const given = new Set(messages.map(message => message.id));
  const events: { readonly at: number; readonly apply: Change }[] = [
    ...messages
      .filter(message => !summaries.has(message.id))
      .map(message => ({ at: message.sequence, apply: (context: readonly string[]) => [...context, message.id] })),
    ...compactions.flatMap(compaction => [
      { at: compaction.sequence, apply: (context: readonly string[]) => evict(context, compaction, given) },
      ...(compaction.undoneSequence == null
        ? []
        : [{ at: compaction.undoneSequence, apply: (context: readonly string[]) => restore(context, compaction) }]),
    ]),
  ];
  return events.sort((one, other) => one.at - other.at).reduce<readonly string[]>((context, { apply }) => apply(context), []);
}

/** The summary stands where the first of the evicted messages was. */
function evict(context: readonly string[], { summaryMessageId, evicted }: PastCompaction, given: ReadonlySet<string>): readonly string[] {
  const gone = new Set(evicted);
  const first = context.find(id => gone.has(id));
  if (first === undefined && summaryMessageId !== null && given.has(summaryMessageId)) return [summaryMessageId, ...context];
  return context.flatMap(id => (!gone.has(id) ? [id] : id === first && summaryMessageId !== null ? [summaryMessageId] : []));
}

function restore(context: readonly string[], { summaryMessageId, evicted, replaced }: PastCompaction): readonly string[] {
  if (summaryMessageId === null) return context;
  return contextWithoutCompaction(context, { summaryId: summaryMessageId, replacedIds: replaced ?? evicted });
}
