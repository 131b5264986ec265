import { randomUUID } from 'node:crypto';
import { estimateTokens } from '../../../domain/context-window/estimate-tokens.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import { parseLocalTime } from '../../../domain/time/parse-local-time.js';
import type { ArchivePlace } from '../../../repositories/archive-places.js';
import type { PassageIntake } from '../../../repositories/passage-intake.js';
import type { Passage } from '../../../repositories/passages.repository.js';
import type { RequestContext } from '../../mount-route.js';

export interface StorePassagesDeps {
  readonly passageIntake: PassageIntake;
  /** V1's limit of one passage, by our estimate. */
  readonly archivalTokenLimit: number;
}

export interface PassageBody {
  readonly text: string;
  readonly tags?: readonly string[] | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;
  readonly created_at?: string | null | undefined;
}

export interface CheckedPassage {
  readonly text: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date | null;
}

/** Throws V1's 400 for a text that is too long. Nothing has changed then. */
export function checkPassages(bodies: readonly PassageBody[], tokenLimit: number): CheckedPassage[] {
  return bodies.map(({ text, tags, metadata, created_at: time }) => {
    const tokens = estimateTokens(text);
    if (tokens > tokenLimit)
      throw new RequestError('invalid', `The passage is too long: about ${tokens} tokens, and ${tokenLimit} are allowed`);
    return { text, tags: [...new Set(tags ?? [])], metadata: metadata ?? {}, createdAt: momentOf('created_at', time, null, 'start') };
  });
}

/** One passage for each text; equal ones are the same passage. */
export async function storePassages(
  { passageIntake }: StorePassagesDeps,
  place: ArchivePlace,
  checked: readonly CheckedPassage[],
  context: Pick<RequestContext, 'userId' | 'signal'>,
): Promise<Passage[]> {
  const added = checked.map(passage => ({ ...passage, id: `passage-${randomUUID()}`, toolCallId: null, createdById: context.userId }));
  const stored = await passageIntake.store(place, added, context.signal);
  if (stored === null) throw notFound('Archive', place.archiveId);
  return stored;
}

/** Null = not given. Throws 400 for what is no time. */
export function momentOf(field: string, text: string | null | undefined, timezone: string | null, edge: 'start' | 'end'): Date | null {
  if (text == null) return null;
  const at = parseLocalTime(text, timezone, edge);
  if (at === null) throw new RequestError('invalid', `Invalid ${field}: ${text} is no ISO 8601 date`);
  return at;
}
