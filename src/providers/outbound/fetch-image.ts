import { fetchPage, PageError } from './fetch-page.js';
import type { PageLimits } from './fetch-page.js';

export type FetchedImage = { readonly kind: 'fetched'; readonly bytes: Buffer } | { readonly kind: 'refused'; readonly reason: string };

/** The last two are what storage services call files whose type they were not told: the bytes tell it. */
const contentTypes = ['image/png', 'image/jpeg', 'image/jpg', 'image/gif', 'image/webp', 'application/octet-stream', 'binary/octet-stream'];

/** Gets the image that a client has named by an http or https URL. */
export async function fetchImage(url: string, limits: Omit<PageLimits, 'contentTypes'>, clientGone: AbortSignal): Promise<FetchedImage> {
  try {
    return { kind: 'fetched', bytes: (await fetchPage(url, { ...limits, contentTypes }, clientGone)).body };
  } catch (error) {
    if (clientGone.aborted) return { kind: 'refused', reason: 'nobody waits for it any more' };
    if (error instanceof PageError) return { kind: 'refused', reason: error.message };
    throw error;
  }
}
