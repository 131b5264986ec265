import type { Schema } from '../rest-definition.js';
import { isRecord } from '../serialize-value.js';

/** An OpenAPI document that is in order. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** Parts of schemas that one tool may have: a document may refer to itself so that it would have no end, or as good as none. */
const mostParts = 3000;

/** A document that cannot be followed. */
export class OpenApiFault extends Error {
  override readonly name = 'OpenApiFault';
}

/** What a value is or refers to, within the document. Throws OpenApiFault. */
export function resolved(document: OpenApiDocument, value: unknown): Readonly<Record<string, unknown>> {
  let current = value;
  for (let hops = 0; hops < 50; hops += 1) {
    if (!isRecord(current)) throw new OpenApiFault('the document refers to a part that it does not have');
    const { $ref: reference } = current;
    if (typeof reference !== 'string') return current;
    current = at(document, reference);
  }
  throw new OpenApiFault('the references of the document lead in a circle');
}

function at(document: OpenApiDocument, reference: string): unknown {
  if (!reference.startsWith('#')) throw new OpenApiFault(`the document refers to '${reference}', and other documents are not fetched`);
  const names = reference
    .slice(1)
    .split('/')
    .slice(1)
    .map(name => decodeURIComponent(name).replaceAll('~1', '/').replaceAll('~0', '~'));
  return names.reduce<unknown>((value, name) => {
    if (Array.isArray(value)) return (value as readonly unknown[])[Number(name)];
    return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }, document);
}

/** What models have no use for, or what OpenAPI has beside JSON schema. */
const dropped = ['$schema', '$id', 'xml', 'externalDocs', 'discriminator', 'example', 'examples', 'deprecated', 'nullable', 'writeOnly'];

/** A JSON schema without references and without what is OpenAPI's own; where one would go round in a circle, anything is allowed. */
export function inlineSchema(document: OpenApiDocument, schema: unknown): Schema {
  let parts = 0;
  const inline = (value: unknown, open: readonly unknown[]): unknown => {
    if (!isRecord(value)) return typeof value === 'boolean' ? value : {};
    const own = resolved(document, value);
    parts += 1;
    if (open.includes(own) || parts > mostParts) return { description: 'As above.' };
    const within = [...open, own];
    const entries = Object.entries(own).flatMap(([key, member]): [string, unknown][] => {
      if (dropped.includes(key) || key.startsWith('x-')) return [];
      return [[key, inlineMember(key, member, child => inline(child, within))]];
    });
    return withNull(withBounds(Object.fromEntries(entries)), own['nullable'] === true);
  };
  const whole = inline(schema, []);
  return isRecord(whole) ? whole : {};
}

function inlineMember(key: string, member: unknown, inline: (value: unknown) => unknown): unknown {
  switch (key) {
    case 'properties':
    case 'patternProperties':
    case '$defs':
    case 'definitions':
      return isRecord(member) ? Object.fromEntries(Object.entries(member).map(([name, value]) => [name, inline(value)])) : {};
    case 'allOf':
    case 'anyOf':
    case 'oneOf':
    case 'prefixItems':
      return Array.isArray(member) ? member.map(inline) : [];
    case 'items':
    case 'not':
    case 'additionalProperties':
    case 'contains':
    case 'propertyNames':
      return inline(member);
    default:
      return member;
  }
}

/** OpenAPI 3.0 has a flag beside the number, JSON schema a number of its own. */
function withBounds(schema: Schema): Schema {
  const changed: Record<string, unknown> = { ...schema };
  for (const [flag, bound] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof schema[flag] !== 'boolean') continue;
    delete changed[flag];
    if (schema[flag] !== true || schema[bound] === undefined) continue;
    changed[flag] = schema[bound];
    delete changed[bound];
  }
  return changed;
}

function withNull(schema: Schema, isNullable: boolean): Schema {
  if (!isNullable) return schema;
  const { type, enum: values } = schema;
  if (typeof type !== 'string') return { anyOf: [schema, { type: 'null' }] };
  return { ...schema, type: [type, 'null'], ...(Array.isArray(values) ? { enum: [...(values as readonly unknown[]), null] } : {}) };
}
