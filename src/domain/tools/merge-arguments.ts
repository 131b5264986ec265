import { readArguments } from './parse-arguments.js';

/** The JSON text of a call's arguments with others put over them. A text that cannot be read stays: its call fails, and the model is told why. */
export function mergeArguments(text: string, over: Readonly<Record<string, unknown>>): string {
  const own = text.trim() === '' ? {} : readArguments(text);
  return own === null ? text : JSON.stringify({ ...own, ...over });
}
