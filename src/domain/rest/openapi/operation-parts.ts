import type { TemplateBody, TemplateParameter } from '../plan-rest-tool.js';
import { isJsonType } from '../encode-body.js';
import { parameterPlaces, parameterStyles } from '../rest-definition.js';
import type { ParameterPlace, ParameterStyle, ValueStyle } from '../rest-definition.js';
import { isRecord } from '../serialize-value.js';
import { inlineSchema, OpenApiFault, resolved } from './inline-schema.js';
import type { OpenApiDocument } from './inline-schema.js';

type Part = Readonly<Record<string, unknown>>;

/** OpenAPI has other places for what they say. */
const ignoredHeaders = ['accept', 'content-type', 'authorization'];

/** Those of the path, and those of the operation in their place. */
export function parametersOf(document: OpenApiDocument, item: Part, operation: Part): TemplateParameter[] {
  const all = [...listOf(item['parameters']), ...listOf(operation['parameters'])].map(value => resolved(document, value));
  const byPlace = new Map(all.map(parameter => [`${String(parameter['in'])} ${String(parameter['name'])}`, parameter]));
  return [...byPlace.values()].flatMap(parameter => {
    const { name, in: place } = parameter;
    if (typeof name !== 'string' || !isPlace(place)) return [];
    return place === 'header' && ignoredHeaders.includes(name.toLowerCase()) ? [] : [toParameter(document, parameter, name, place)];
  });
}

function toParameter(document: OpenApiDocument, parameter: Part, name: string, place: ParameterPlace): TemplateParameter {
  const content = isRecord(parameter['content']) ? Object.values(parameter['content'])[0] : undefined;
  const schema = content === undefined ? parameter['schema'] : isRecord(content) ? content['schema'] : undefined;
  return {
    name,
    place,
    argument: null,
    description: textOf(parameter['description']),
    required: parameter['required'] === true,
    schema: inlineSchema(document, schema ?? {}),
    ...styleOf(parameter),
    ...(content === undefined ? {} : { asJson: true }),
  };
}

function styleOf({ style, explode, allowReserved }: Part): Partial<ValueStyle> {
  return {
    ...(isStyle(style) ? { style } : {}),
    ...(typeof explode === 'boolean' ? { explode } : {}),
    ...(typeof allowReserved === 'boolean' ? { allowReserved } : {}),
  };
}

/** In the form that suits a model best of those that the operation takes. */
export function bodyOf(document: OpenApiDocument, value: unknown): TemplateBody | null {
  if (value === undefined) return null;
  const body = resolved(document, value);
  const content = isRecord(body['content']) ? body['content'] : {};
  const types = Object.keys(content);
  const type = orders.map(fits => types.find(candidate => fits(plainType(candidate)))).find(found => found !== undefined);
  if (type === undefined) throw new OpenApiFault(`its body has to be ${types.join(' or ')}, which tools cannot send`);
  const media = isRecord(content[type]) ? content[type] : {};
  const encoding = isRecord(media['encoding']) ? media['encoding'] : {};
  return {
    contentType: plainType(type) === '*/*' ? 'application/json' : plainType(type),
    required: body['required'] === true,
    description: textOf(body['description']),
    schema: inlineSchema(document, media['schema'] ?? {}),
    encoding: Object.fromEntries(Object.entries(encoding).flatMap(([name, own]) => (isRecord(own) ? [[name, encodingOf(own)]] : []))),
  };
}

const orders: readonly ((type: string) => boolean)[] = [
  type => type === 'application/json',
  isJsonType,
  type => type === 'application/x-www-form-urlencoded',
  type => type === 'multipart/form-data',
  type => type.startsWith('text/'),
  type => type === '*/*',
];

function encodingOf(encoding: Part): Partial<ValueStyle> {
  const isJson = typeof encoding['contentType'] === 'string' && isJsonType(plainType(encoding['contentType']));
  return { ...styleOf(encoding), ...(isJson ? { asJson: true } : {}) };
}

function plainType(type: string): string {
  return (type.split(';')[0] ?? '').trim().toLowerCase();
}

/** The nearest server that is named, with the values that its variables have unless somebody says otherwise. */
export function serverOf(parts: readonly Part[], baseUrl: string | null): string {
  const server = parts.flatMap(part => listOf(part['servers']).slice(0, 1)).find(isRecord);
  const variables = isRecord(server?.['variables']) ? server['variables'] : {};
  const named = textOf(server?.['url'])?.replaceAll(/\{([^{}]+)\}/g, (gap, name: string) => {
    const variable = variables[name];
    return (isRecord(variable) ? textOf(variable['default']) : null) ?? gap;
  });
  const url = baseUrl ?? named ?? '';
  if (!/^https?:\/\//i.test(url)) throw new OpenApiFault('the document names no server of its own: base_url has to say where it is');
  return url.replace(/\/+$/, '');
}

function isPlace(value: unknown): value is ParameterPlace {
  return (parameterPlaces as readonly unknown[]).includes(value);
}

function isStyle(value: unknown): value is ParameterStyle {
  return (parameterStyles as readonly unknown[]).includes(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
