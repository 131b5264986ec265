import { SchemaFailure } from '../../domain/tools/schema-generator.js';
import type { SchemaObject } from '../../domain/tools/schema-generator.js';

const deepest = 20;
const mostParts = 5000;
const plainTypes = ['string', 'integer', 'number', 'boolean'];

interface Scope {
  readonly definitions: SchemaObject;
  readonly depth: number;
  readonly written: { count: number };
}

/** The parameters of a tool whose arguments are said by a JSON schema: references are resolved, and nothing is left but what models are told. */
export function argumentsSchema(schema: SchemaObject): SchemaObject {
  const definitions = { ...objectOf(schema['definitions']), ...objectOf(schema['$defs']) };
  const scope = { definitions, depth: 0, written: { count: 0 } };
  return { type: 'object', ...membersOf(schema, scope) };
}

function membersOf(schema: SchemaObject, scope: Scope): { readonly properties: SchemaObject; readonly required: readonly string[] } {
  const properties = Object.entries(objectOf(schema['properties'])).map(([name, property]) => {
    const { description } = objectOf(property);
    return [name, { ...cleaned(objectOf(property), scope), description: typeof description === 'string' ? description : '' }] as const;
  });
  const required = Array.isArray(schema['required']) ? schema['required'].filter(name => typeof name === 'string') : [];
  return { properties: Object.fromEntries(properties), required };
}

function cleaned(schema: SchemaObject, scope: Scope): SchemaObject {
  scope.written.count += 1;
  if (scope.depth > deepest || scope.written.count > mostParts)
    throw new SchemaFailure('the schema of the arguments is too large or nested too deep');
  const inner = { ...scope, depth: scope.depth + 1 };
  const { type, $ref: reference, enum: values } = schema;
  if (typeof reference === 'string') return cleaned(definitionOf(reference, scope), inner);
  const choice = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(choice)) return cleanedChoice(choice, inner);
  if (typeof type === 'string' && plainTypes.includes(type)) return Array.isArray(values) ? { type, enum: values } : { type };
  if (type === 'array') return { type, items: cleaned(objectOf(schema['items']), inner) };
  if (type === 'object' && schema['properties'] !== undefined) return { type, ...membersOf(schema, inner) };
  if (type === 'object') return { type };
  throw new SchemaFailure(`Unable to convert pydantic field schema to type: ${JSON.stringify(schema).slice(0, 200)}`);
}

function cleanedChoice(choice: readonly unknown[], scope: Scope): SchemaObject {
  const [only, ...others] = choice.map(objectOf).filter(option => option['type'] !== 'null');
  if (only === undefined || others.length > 0) throw new SchemaFailure('General Union types are not yet supported');
  return cleaned(only, scope);
}

function definitionOf(reference: string, { definitions }: Scope): SchemaObject {
  const name = reference.split('/').at(-1) ?? '';
  const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
  if (definition === undefined) throw new SchemaFailure(`Reference ${name} not found in nested models`);
  return objectOf(definition);
}

function objectOf(value: unknown): SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}
