import type { ValueStyle } from './rest-definition.js';

/** A name with a value, neither of them encoded. */
export type Pair = readonly [name: string, value: string];

const delimiters = { spaceDelimited: ' ', pipeDelimited: '|', form: ',' } as const;

/** A value as pairs of a query, of a form or of cookies. None for null. */
export function toPairs(name: string, value: unknown, { style, explode, asJson }: ValueStyle): readonly Pair[] {
  if (value === null || value === undefined) return [];
  if (asJson) return [[name, JSON.stringify(value)]];
  if (style === 'deepObject' && isRecord(value)) return deepPairs(name, value);
  const delimiter = style === 'spaceDelimited' || style === 'pipeDelimited' ? delimiters[style] : delimiters.form;
  if (Array.isArray(value)) {
    const items = value.map(textOf);
    if (explode) return items.map(item => [name, item] as const);
    return items.length === 0 ? [] : [[name, items.join(delimiter)]];
  }
  if (isRecord(value)) {
    const entries = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
    if (explode) return entries.map(([key, member]) => [key, textOf(member)] as const);
    return [[name, entries.flatMap(([key, member]) => [key, textOf(member)]).join(delimiter)]];
  }
  return [[name, textOf(value)]];
}

/** `name[key]=…`, to any depth; lists repeat their name. */
function deepPairs(name: string, value: Readonly<Record<string, unknown>>): Pair[] {
  return Object.entries(value).flatMap(([key, member]): Pair[] => {
    const path = `${name}[${key}]`;
    if (member === null || member === undefined) return [];
    if (isRecord(member)) return deepPairs(path, member);
    return Array.isArray(member) ? member.map(item => [path, textOf(item)]) : [[path, textOf(member)]];
  });
}

/** A value as a piece of a path, or as a header's text, with `encode` for what is not of the style itself. */
export function toSimpleText(name: string, value: unknown, form: ValueStyle, encode: (text: string) => string): string {
  if (form.asJson) return encode(JSON.stringify(value));
  const { style, explode } = form;
  const lead = style === 'label' ? '.' : style === 'matrix' ? ';' : '';
  const between = explode && lead !== '' ? lead : ',';
  const named = style === 'matrix' ? `;${encode(name)}=` : lead;
  if (Array.isArray(value)) {
    const items = value.map(item => encode(textOf(item)));
    return style === 'matrix' && explode ? items.map(item => `${named}${item}`).join('') : `${named}${items.join(between)}`;
  }
  if (isRecord(value)) {
    const entries = Object.entries(value).map(([key, member]) => [encode(key), encode(textOf(member))] as const);
    if (explode) return `${lead}${entries.map(pair => pair.join('=')).join(between)}`;
    return `${named}${entries.flat().join(',')}`;
  }
  return `${named}${encode(textOf(value))}`;
}

export function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return value === null || value === undefined ? '' : JSON.stringify(value);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
