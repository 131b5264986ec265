type Schema = Readonly<Record<string, unknown>>;

/**
 * The schema in the form that OpenAI's strict mode asks for: no further properties anywhere, all properties required, and those that were optional
 * nullable.
 */
export function strictParameters(schema: Schema): Schema {
  const strict: Record<string, unknown> = { ...schema };
  for (const key of ['anyOf', 'allOf', 'oneOf']) {
    const branches = schema[key];
    if (Array.isArray(branches)) strict[key] = branches.map(strictOf);
  }
  if (schema['items'] !== undefined) strict['items'] = strictOf(schema['items']);
  for (const key of ['$defs', 'definitions']) {
    const definitions = schema[key];
    if (isSchema(definitions)) strict[key] = mapValues(definitions, strictOf);
  }
  return isObjectSchema(schema) ? { ...strict, ...strictObject(schema) } : strict;
}

function strictObject(schema: Schema): Schema {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  const required: readonly unknown[] = Array.isArray(schema['required']) ? schema['required'] : [];
  return {
    properties: mapValues(properties, (property, name) => (required.includes(name) ? strictOf(property) : nullable(strictOf(property)))),
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

function nullable(property: unknown): unknown {
  if (!isSchema(property)) return property;
  const { type, enum: values, anyOf }: Readonly<Record<string, unknown>> = property;
  const withNull = isList(values) ? { enum: [...new Set([...values, null])] } : {};
  if (typeof type === 'string') return type === 'null' ? property : { ...property, ...withNull, type: [type, 'null'] };
  if (isList(type)) return { ...property, ...withNull, type: [...new Set([...type, 'null'])] };
  if (isList(anyOf)) {
    const hasNull = anyOf.some(branch => isSchema(branch) && branch['type'] === 'null');
    return hasNull ? property : { ...property, anyOf: [...anyOf, { type: 'null' }] };
  }
  return { anyOf: [property, { type: 'null' }] };
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function strictOf(value: unknown): unknown {
  return isSchema(value) ? strictParameters(value) : value;
}

function isObjectSchema(schema: Schema): boolean {
  const { type } = schema;
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isSchema(schema['properties']);
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mapValues(schema: Schema, change: (value: unknown, key: string) => unknown): Schema {
  return Object.fromEntries(Object.entries(schema).map(([key, value]) => [key, change(value, key)]));
}
