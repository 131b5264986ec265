import { createHash } from 'node:crypto';

/** SHA-256 of a text in hex; in SQL `encode(sha256(convert_to(text, 'UTF8')), 'hex')`. */
export function contentHash(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** What makes a passage the same as another one of its archive: its text, and the time that it was given, if it was given one (ADR 19). */
export function passageHash(text: string, givenTime: Date | null): string {
  return givenTime === null ? contentHash(text) : contentHash(`${text}\n${givenTime.toISOString()}`);
}
