import { countCharacters } from './count-characters.js';

interface Sized {
  readonly value: string;
  /** Characters. */
  readonly limit: number;
}

/** Why a block may not become so long, or null. One that is too long already may stay so, or become shorter. */
export function limitViolation(block: Sized, before: Sized | null): string | null {
  const size = countCharacters(block.value);
  if (size <= block.limit) return null;
  if (before !== null && block.limit >= before.limit && size <= countCharacters(before.value)) return null;
  return `Edit failed: Exceeds ${block.limit} character limit (requested ${size})`;
}
