import type { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { z } from 'zod';

/** Of one server: more cannot be offered to a model anyway. */
const mostItems = 5000;
const mostPages = 100;

export interface ListRequest<Item> {
  /** Such as `tools/list`. */
  readonly method: string;
  readonly item: z.ZodType<Item>;
  /** Of all pages. */
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** All pages of a list. Empty when the server says that it has nothing of the kind. */
export async function listAll<Item>(client: Client, { method, item, timeoutMs, signal }: ListRequest<Item>): Promise<Item[]> {
  const [kind = ''] = method.split('/');
  if (!Object.hasOwn(client.getServerCapabilities() ?? {}, kind)) return [];
  const page = z.looseObject({ [kind]: z.array(item), nextCursor: z.string().nullish() });
  const until = Date.now() + timeoutMs;
  const items: Item[] = [];
  let cursor: string | undefined;
  for (let pages = 0; pages < mostPages && items.length < mostItems; pages += 1) {
    const answer: Record<string, unknown> = await client.request({ method, params: cursor === undefined ? {} : { cursor } }, page, {
      timeout: Math.max(1, until - Date.now()),
      signal,
    });
    items.push(...(answer[kind] as Item[]));
    const next = answer['nextCursor'];
    if (typeof next !== 'string' || next === cursor) return items;
    cursor = next;
  }
  return items;
}
