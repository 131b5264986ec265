import type { ImageContent } from '../../../contract/messages.contract.js';
import { RequestError } from '../../../domain/errors.js';
import type { ImagePart } from '../../../domain/messages/content.js';
import { checkBase64Image, checkImageBytes, toImageSource } from './check-image.js';
import type { CheckedImage } from './check-image.js';

type FetchedImage = { readonly kind: 'fetched'; readonly bytes: Buffer } | Extract<CheckedImage, { kind: 'refused' }>;

/** How images get into messages. */
export interface ImageIntake {
  /** Of one image. */
  readonly maxBytes: number;
  /** Images of one request that have to be fetched. */
  readonly maxFetched: number;
  /** Gets what an http or https URL names. */
  fetch(url: string, clientGone: AbortSignal): Promise<FetchedImage>;
}

/**
 * An image of a request as it is stored: always its bytes. A provider refuses each request whose history has a bad image, and an address may lead nowhere
 * when the history is sent again. Throws for what is no image.
 */
export async function acceptImage({ source }: ImageContent, intake: ImageIntake, clientGone: AbortSignal): Promise<ImagePart> {
  const image =
    source.type === 'base64'
      ? checkBase64Image(source.media_type, source.data, intake.maxBytes)
      : await resolve(source.url, intake, clientGone);
  if (image.kind === 'image') return { type: 'image', source: toImageSource(image, source.detail) };
  throw new RequestError('invalid', `The image ${nameOf(source)}cannot be used: ${image.reason}`);
}

/** Whether its bytes are somewhere else. */
export function isToFetch({ source }: ImageContent): boolean {
  return source.type === 'url' && /^https?:/i.test(source.url);
}

/** Throws when a request has more images fetched than it may. */
export function checkImageCount(images: readonly ImageContent[], { maxFetched }: ImageIntake): void {
  const toFetch = images.filter(isToFetch).length;
  if (toFetch > maxFetched)
    throw new RequestError('invalid', `The request names ${toFetch} images by URL; PERDURA_IMAGE_MAX_URLS allows ${maxFetched}`);
}

async function resolve(url: string, intake: ImageIntake, clientGone: AbortSignal): Promise<CheckedImage> {
  if (/^data:/i.test(url)) return readDataUrl(url, intake.maxBytes);
  if (!/^https?:/i.test(url) || !URL.canParse(url)) return { kind: 'refused', reason: 'its URL is neither http, nor https, nor data' };
  const fetched = await intake.fetch(new URL(url).href, clientGone);
  return fetched.kind === 'fetched' ? checkImageBytes(fetched.bytes, intake.maxBytes) : fetched;
}

function readDataUrl(url: string, maxBytes: number): CheckedImage {
  const comma = url.indexOf(',');
  const [mediaType = '', ...parameters] = url.slice('data:'.length, comma).split(';');
  if (comma < 0 || parameters.at(-1)?.toLowerCase() !== 'base64')
    return { kind: 'refused', reason: 'its data URL is not of the form data:<media type>;base64,<data>' };
  return checkBase64Image(mediaType, url.slice(comma + 1), maxBytes);
}

/** Without what may be secret: the query of a signed URL, say. */
function nameOf(source: ImageContent['source']): string {
  if (source.type === 'base64' || !isToFetch({ type: 'image', source }) || !URL.canParse(source.url)) return '';
  const { origin, pathname } = new URL(source.url);
  return `at ${origin}${pathname} `;
}
