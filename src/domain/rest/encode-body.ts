import { encodeForm } from './encode-query.js';
import type { BodyMember, RestBody } from './rest-definition.js';
import { isRecord, textOf, toPairs } from './serialize-value.js';

export interface EncodedBody {
  /** The whole header. */
  readonly contentType: string;
  readonly text: string;
}

/** Null where nothing of a body was given. */
export function encodeBody(body: RestBody, args: Readonly<Record<string, unknown>>, boundary: string): EncodedBody | null {
  const value = body.members === null ? args[body.argument] : objectOf(body.members, args);
  if (value === undefined) return body.required && body.members !== null ? encode(body, {}, boundary) : null;
  return encode(body, value, boundary);
}

function objectOf(members: readonly BodyMember[], args: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> | undefined {
  const given = members.filter(({ argument }) => args[argument] !== undefined);
  return given.length === 0 ? undefined : Object.fromEntries(given.map(({ name, argument }) => [name, args[argument]]));
}

function encode(body: RestBody, value: unknown, boundary: string): EncodedBody {
  const { contentType } = body;
  if (contentType === 'application/x-www-form-urlencoded') return { contentType, text: encodeForm(formPairs(body, value)) };
  if (contentType === 'multipart/form-data')
    return { contentType: `${contentType}; boundary=${boundary}`, text: multipart(formPairs(body, value), boundary) };
  if (isJsonType(contentType)) return { contentType, text: JSON.stringify(value) };
  return { contentType: `${contentType}; charset=utf-8`, text: textOf(value) };
}

export function isJsonType(contentType: string): boolean {
  return contentType === 'application/json' || contentType.endsWith('+json');
}

const plain = { style: 'form', explode: true, allowReserved: false } as const;

function formPairs({ members }: RestBody, value: unknown): readonly (readonly [string, string])[] {
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const style = members?.find(candidate => candidate.name === name) ?? { ...plain, asJson: isRecord(member) };
    return toPairs(name, member, style);
  });
}

function multipart(pairs: readonly (readonly [string, string])[], boundary: string): string {
  const parts = pairs.map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${quotable(name)}"\r\n\r\n${value}\r\n`,
  );
  return `${parts.join('')}--${boundary}--\r\n`;
}

/** As browsers write the names of fields. */
function quotable(name: string): string {
  return name.replaceAll('\r', '%0D').replaceAll('\n', '%0A').replaceAll('"', '%22');
}
