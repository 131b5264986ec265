import { isJsonObject } from './json-object.js';
import type { JsonObject } from './json-object.js';

export interface SchemaHealth {
  readonly status: 'STRICT_COMPLIANT' | 'NON_STRICT_ONLY' | 'INVALID';
  readonly reasons: readonly string[];
}

interface Findings {
  readonly invalid: string[];
  readonly loose: string[];
}

/** Whether a schema of arguments can be offered to a model, and whether in strict mode too. */
export function checkToolSchema(schema: JsonObject): SchemaHealth {
  const found: Findings = { invalid: [], loose: [] };
  if (schema['type'] !== 'object') found.invalid.push("root: 'type' has to be 'object'");
  check(schema, 'root', found);
  if (found.invalid.length > 0) return { status: 'INVALID', reasons: [...found.invalid, ...found.loose] };
  return { status: found.loose.length > 0 ? 'NON_STRICT_ONLY' : 'STRICT_COMPLIANT', reasons: found.loose };
}

function check(schema: unknown, path: string, found: Findings): void {
  if (!isJsonObject(schema)) {
    found.invalid.push(`${path}: is no schema`);
    return;
  }
  if (schema['$ref'] !== undefined) found.invalid.push(`${path}: '$ref' to ${JSON.stringify(schema['$ref'])} leads nowhere`);
  const forms = ['anyOf', 'oneOf', 'allOf'].filter(key => Array.isArray(schema[key]));
  for (const key of forms) (schema[key] as readonly unknown[]).forEach((form, index) => check(form, `${path}.${key}[${index}]`, found));
  const types = typesOf(schema);
  if (types.length === 0 && forms.length === 0 && schema['enum'] === undefined && schema['const'] === undefined) {
    if (schema['$ref'] === undefined) found.invalid.push(`${path}: 'type' is missing`);
  }
  if (types.includes('object')) checkObject(schema, path, found);
  if (types.includes('array')) checkArray(schema, path, found);
}

function checkObject(schema: JsonObject, path: string, found: Findings): void {
  const { properties, required, additionalProperties } = schema;
  if (properties !== undefined && !isJsonObject(properties)) {
    found.invalid.push(`${path}: 'properties' is no object`);
    return;
  }
  if (additionalProperties !== false) found.loose.push(`${path}: 'additionalProperties' is not false`);
  if (isJsonObject(additionalProperties)) check(additionalProperties, `${path}.additionalProperties`, found);
  checkRequired(required, properties ?? {}, path, found);
  for (const [name, part] of Object.entries(properties ?? {})) check(part, `${path}.${name}`, found);
}

function checkRequired(required: unknown, properties: JsonObject, path: string, found: Findings): void {
  if (required === undefined) return;
  if (!Array.isArray(required) || required.some(name => typeof name !== 'string')) {
    found.invalid.push(`${path}: 'required' is no list of names`);
    return;
  }
  for (const name of required as readonly string[]) {
    const part = properties[name];
    if (!Object.hasOwn(properties, name)) found.invalid.push(`${path}: 'required' names '${name}', which is no property`);
    else if (isJsonObject(part) && takesNothing(part))
      found.invalid.push(`${path}.${name}: is required, but takes nothing except an empty value`);
  }
}

/** An object that is closed and has no properties, or an array of no items. */
function takesNothing(schema: JsonObject): boolean {
  const types = typesOf(schema);
  if (types.includes('object')) {
    return (
      schema['additionalProperties'] === false && Object.keys(isJsonObject(schema['properties']) ? schema['properties'] : {}).length === 0
    );
  }
  return types.includes('array') && schema['maxItems'] === 0;
}

function checkArray(schema: JsonObject, path: string, found: Findings): void {
  if (schema['items'] === undefined && schema['prefixItems'] === undefined) found.invalid.push(`${path}: 'items' is missing`);
  if (isJsonObject(schema['items'])) check(schema['items'], `${path}.items`, found);
}

function typesOf({ type }: JsonObject): readonly unknown[] {
  return Array.isArray(type) ? type : type === undefined ? [] : [type];
}
