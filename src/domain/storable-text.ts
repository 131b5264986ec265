import { RequestError } from './errors.js';

// Only NUL and surrogates without their other half are outside of what Postgres can store in text and jsonb.
// eslint-disable-next-line no-control-regex
const unstorable = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text without NUL characters, and with U+FFFD for halves of surrogate pairs: what the database can hold. */
export function storableText(text: string): string {
  return text.replace(unstorable, found => (found === '\0' ? '' : '\ufffd'));
}

/** No request needs more, and walking through it takes a stack. */
const deepest = 500;

/** JSON whose texts and names the database can hold, as `storableText` has it. Throws for what is nested too deep to be stored. */
export function storableJson(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return storableText(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === deepest) throw new RequestError('unprocessable', `The request is nested more than ${deepest} levels deep`);
  if (Array.isArray(value)) return value.map(item => storableJson(item, depth + 1));
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [storableText(name), storableJson(member, depth + 1)]));
}
