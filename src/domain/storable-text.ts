// Only NUL and surrogates without their other half are outside of what Postgres can store in text and jsonb.
// eslint-disable-next-line no-control-regex
const unstorable = /\u0000|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** The text without NUL characters, and with U+FFFD for halves of surrogate pairs: what the database can hold. */
export function storableText(text: string): string {
  return text.replace(unstorable, found => (found === '\0' ? '' : '\ufffd'));
}
