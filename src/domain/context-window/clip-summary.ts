import { carefulTokens } from './estimate-request.js';
import { isWithinPair } from './transcript.js';

const note = '... [summary truncated to fit]';

/** A summary of no more than so many characters and estimated tokens, with V1's note where something was cut off. */
export function clipSummary(text: string, mostCharacters: number | null, mostTokens: number): string {
  const tokens = carefulTokens(text);
  const fitting = tokens <= mostTokens ? text.length : Math.floor((text.length * mostTokens) / tokens);
  const length = Math.min(mostCharacters ?? text.length, fitting);
  if (text.length <= length) return text;
  return `${text.slice(0, isWithinPair(text, length) ? length - 1 : length)}${note}`;
}
