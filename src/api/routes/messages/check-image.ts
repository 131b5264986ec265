import type { ImageSource } from '../../../domain/messages/content.js';

/** Why something is no image that can be sent to a model, in words for whoever sent it. */
export type CheckedImage =
  { readonly kind: 'image'; readonly mediaType: string; readonly data: string } | { readonly kind: 'refused'; readonly reason: string };

/** The kinds that all providers take. */
const mediaTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'] as const;
type MediaType = (typeof mediaTypes)[number];

/** An image as a client sends it: whole, of the type that it names, not too large. Line breaks and a missing padding are mended. */
export function checkBase64Image(mediaType: string, data: string, maxBytes: number): CheckedImage {
  const named = namedType(mediaType);
  if (named === null) return refused(`its media type is '${mediaType}', not one of ${mediaTypes.join(', ')}`);
  const bytes = Buffer.from(data, 'base64');
  // The decoder leaves out what is no base64.
  if (unpadded(bytes.toString('base64')) !== unpadded(data.replaceAll(/\s+/g, ''))) return refused('its data is not valid base64');
  const image = checkImageBytes(bytes, maxBytes);
  if (image.kind === 'refused' || image.mediaType === named) return image;
  return refused(`its media type is '${mediaType}', but its data is ${image.mediaType}`);
}

/** The bytes say themselves what they are. */
export function checkImageBytes(bytes: Buffer, maxBytes: number): CheckedImage {
  if (bytes.length > maxBytes)
    return refused(`it has ${bytes.length} bytes, more than the ${maxBytes} that PERDURA_IMAGE_MAX_BYTES allows`);
  const mediaType = signedType(bytes);
  if (mediaType === null) return refused(`its data does not begin as one of ${mediaTypes.join(', ')} does`);
  return { kind: 'image', mediaType, data: bytes.toString('base64') };
}

export function toImageSource(
  { mediaType, data }: Extract<CheckedImage, { kind: 'image' }>,
  detail: string | null | undefined,
): ImageSource {
  return { type: 'base64', mediaType, data, ...(detail == null ? {} : { detail }) };
}

function namedType(text: string): MediaType | null {
  const name = text.trim().toLowerCase();
  if (name === 'image/jpg') return 'image/jpeg';
  return mediaTypes.find(type => type === name) ?? null;
}

function signedType(bytes: Buffer): MediaType | null {
  const at = (from: number, text: string): boolean => bytes.toString('latin1', from, from + text.length) === text;
  if (at(0, '\x89PNG\r\n\x1a\n')) return 'image/png';
  if (at(0, '\xff\xd8\xff')) return 'image/jpeg';
  if (at(0, 'GIF87a') || at(0, 'GIF89a')) return 'image/gif';
  return at(0, 'RIFF') && at(8, 'WEBP') ? 'image/webp' : null;
}

function unpadded(base64: string): string {
  return base64.replace(/={1,2}$/, '');
}

function refused(reason: string): CheckedImage {
  return { kind: 'refused', reason };
}
