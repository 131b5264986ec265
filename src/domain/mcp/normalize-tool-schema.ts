import { isJsonObject } from './json-object.js';
import type { JsonObject } from './json-object.js';

/** Deeper ones are cut. */
const deepest = 20;
/** A few references to references can stand for more than fits anywhere: what comes after so many parts is any object. */
const mostParts = 5000;

interface Expansion {
  readonly definitions: JsonObject;
  partsLeft: number;
}

/** How deep a part stands, and within which definitions: one that stands within itself is cut. */
interface Place {
  readonly depth: number;
  readonly within: readonly string[];
}

/**
 * The schema of a tool's arguments in the form that models take: an object with properties, whose references are put in place, whose `allOf` are merged
 * and whose `anyOf` names each form once. Objects of given properties take no others unless they say so.
 */
export function normalizeToolSchema(schema: unknown): JsonObject {
  const root = isJsonObject(schema) ? schema : {};
  const definitions = { ...objectOf(root['definitions']), ...objectOf(root['$defs']) };
  const rest = without(root, ['$defs', 'definitions', '$schema']);
  const expansion = { definitions, partsLeft: mostParts };
  const normalized = normalize({ type: 'object', ...rest }, expansion, { depth: 0, within: [] });
  return { properties: {}, required: [], additionalProperties: false, ...normalized };
}

const anyObject: JsonObject = { type: 'object' };

function normalize(schema: JsonObject, expansion: Expansion, outer: Place): JsonObject {
  expansion.partsLeft -= 1;
  if (outer.depth > deepest || expansion.partsLeft < 0) return anyObject;
  const { schema: resolved, within } = resolve(schema, expansion.definitions, outer.within);
  const place = { depth: outer.depth + 1, within };
  const merged = mergeAllOf(resolved, expansion, place);
  const whole: JsonObject = Object.fromEntries(
    Object.entries(merged).map(([key, value]) => [key, normalizeMember(key, value, expansion, place)]),
  );
  const isObject = whole['type'] === 'object' || (whole['type'] === undefined && isJsonObject(whole['properties']));
  if (!isObject) return whole;
  // One without properties takes any: closing it would leave nothing to write into it.
  if (!isJsonObject(whole['properties'])) return { ...whole, type: 'object' };
  return { type: 'object', additionalProperties: false, ...whole, required: Array.isArray(whole['required']) ? whole['required'] : [] };
}

function normalizeMember(key: string, value: unknown, expansion: Expansion, place: Place): unknown {
  const inner = (schema: unknown): unknown => (isJsonObject(schema) ? normalize(schema, expansion, place) : schema);
  if (key === 'properties' && isJsonObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inner(part)]));
  }
  if (key === 'items' || key === 'additionalProperties' || key === 'not') return inner(value);
  if ((key === 'anyOf' || key === 'oneOf' || key === 'prefixItems') && Array.isArray(value)) {
    const forms = value.map(inner);
    return key === 'prefixItems' ? forms : unique(forms);
  }
  return value;
}

interface Resolved {
  readonly schema: JsonObject;
  readonly within: readonly string[];
}

function resolve(schema: JsonObject, definitions: JsonObject, within: readonly string[]): Resolved {
  const reference = schema['$ref'];
  if (typeof reference !== 'string') return { schema, within };
  if (within.includes(reference)) return { schema: anyObject, within };
  const name = /^#\/(?:\$defs|definitions)\/(.+)$/.exec(reference)?.[1];
  const target = name === undefined ? undefined : definitions[name.replaceAll('~1', '/').replaceAll('~0', '~')];
  if (!isJsonObject(target)) return { schema, within };
  return resolve({ ...target, ...without(schema, ['$ref']) }, definitions, [...within, reference]);
}

function mergeAllOf({ allOf, ...rest }: JsonObject, expansion: Expansion, { depth, within }: Place): JsonObject {
  if (!Array.isArray(allOf)) return allOf === undefined ? rest : { allOf, ...rest };
  expansion.partsLeft -= allOf.length;
  if (depth > deepest || expansion.partsLeft < 0) return rest;
  const parts = allOf.filter(isJsonObject).map(part => {
    const resolved = resolve(part, expansion.definitions, within);
    return mergeAllOf(resolved.schema, expansion, { depth: depth + 1, within: resolved.within });
  });
  return [...parts, rest].reduce<JsonObject>((whole, part) => {
    const properties = { ...objectOf(whole['properties']), ...objectOf(part['properties']) };
    const required = unique([...listOf(whole['required']), ...listOf(part['required'])]);
    return {
      ...whole,
      ...part,
      ...(Object.keys(properties).length === 0 ? {} : { properties }),
      ...(required.length === 0 ? {} : { required }),
    };
  }, {});
}

function unique(values: readonly unknown[]): unknown[] {
  const seen = new Set<string>();
  return values.filter(value => {
    const text = JSON.stringify(value);
    return seen.has(text) ? false : (seen.add(text), true);
  });
}

function without(schema: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([key]) => !keys.includes(key)));
}

function objectOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
