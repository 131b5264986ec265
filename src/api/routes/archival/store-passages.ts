import { randomUUID } from 'node:crypto';
import { estimateTokens } from '../../../domain/context-window/estimate-tokens.js';
import { RequestError } from '../../../domain/errors.js';
import type { Embedder } from '../../../domain/model/embedder.js';
import { parseLocalTime } from '../../../domain/time/parse-local-time.js';
import type { ArchivePlace } from '../../../repositories/archive-places.js';
import type { Passage, PassagesRepository } from '../../../repositories/passages.repository.js';
import type { RequestContext } from '../../mount-route.js';

export interface StorePassagesDeps {
  readonly passages: Pick<PassagesRepository, 'insert'>;
  readonly embedder: Embedder;
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

/** Embeds and inserts. One passage for each text; equal ones are the same passage. */
export async function storePassages(
  { passages, embedder }: StorePassagesDeps,
  place: ArchivePlace,
  checked: readonly CheckedPassage[],
  context: RequestContext,
): Promise<Passage[]> {
  const texts = checked.map(({ text }) => text);
  const vectors = place.embeddingConfig === null ? null : await embedder.embed(place.embeddingConfig, texts, context.signal);
  return passages.insert(
    place,
    checked.map((passage, index) => ({
      ...passage,
      id: `passage-${randomUUID()}`,
      embedding: vectors?.[index] ?? null,
      toolCallId: null,
      createdById: context.userId,
    })),
  );
}

/** Null = not given. Throws 400 for what is no time. */
export function momentOf(field: string, text: string | null | undefined, timezone: string | null, edge: 'start' | 'end'): Date | null {
  if (text == null) return null;
  const at = parseLocalTime(text, timezone, edge);
  if (at === null) throw new RequestError('invalid', `Invalid ${field}: ${text} is no ISO 8601 date`);
  return at;
}
