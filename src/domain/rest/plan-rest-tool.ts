import { RequestError } from '../errors.js';
import type { RetryClass } from '../tools/builtin-tool.js';
import { argumentNames } from './argument-names.js';
import { checkTemplate } from './check-template.js';
import type { BodyMember, RestBody, RestDefinition, RestParameter, Schema, ValueStyle } from './rest-definition.js';
import { isRecord } from './serialize-value.js';

/** A parameter whose name for the model nobody may have chosen yet. */
export type TemplateParameter = Omit<RestParameter, 'argument' | keyof ValueStyle> &
  Partial<ValueStyle> & { readonly argument: string | null };

export interface TemplateBody extends Pick<RestBody, 'contentType' | 'required' | 'description' | 'schema'> {
  /** How properties of a form are written that are not to be written as usual. */
  readonly encoding: Readonly<Record<string, Partial<ValueStyle>>>;
}

/** A request with gaps, as its author thinks of it. */
export type RestTemplate = Omit<RestDefinition, 'parameters' | 'body'> & {
  readonly parameters: readonly TemplateParameter[];
  readonly body: TemplateBody | null;
};

export interface RestToolPlan {
  readonly definition: RestDefinition;
  /** Of the tool, as a model sees them: all that the request has of arguments, in one flat object. */
  readonly parameters: Schema;
}

/** Makes a tool of a request. Throws a RequestError that says what is wrong with it. */
export function planRestTool(template: RestTemplate): RestToolPlan {
  checkTemplate(template);
  const members = template.body === null ? null : bodyMembers(template.body);
  const names = namesOf(template, members);
  const parameters = template.parameters.map((parameter, index) => ({
    ...styleOf(parameter, parameter.place === 'query' || parameter.place === 'cookie' ? 'form' : 'simple'),
    ...parameter,
    argument: names[index] ?? parameter.name,
  }));
  const body = template.body === null ? null : planBody(template.body, members, names.slice(parameters.length));
  return {
    definition: { ...template, parameters, body },
    parameters: toolParameters(parameters, body),
  };
}

/** Whether a call that was cut off may be sent again, by what its method promises. */
export function retryClassOf({ method, idempotencyHeader }: Pick<RestDefinition, 'method' | 'idempotencyHeader'>): RetryClass {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return 'always';
  return method === 'PUT' || method === 'DELETE' || idempotencyHeader !== null ? 'on_interrupt' : 'never';
}

function namesOf({ parameters, body }: RestTemplate, members: readonly string[] | null): readonly string[] {
  const ofBody = body === null ? [] : (members ?? ['body']).map(name => ({ name, place: 'body', argument: null }));
  return argumentNames([...parameters, ...ofBody]).map((name, index) => {
    if (name === null)
      throw new RequestError('unprocessable', `The argument '${parameters[index]?.argument}' is taken: choose another name`);
    return name;
  });
}

function styleOf(given: Partial<ValueStyle>, usual: 'form' | 'simple'): ValueStyle {
  const style = given.style ?? usual;
  return { style, explode: given.explode ?? style === 'form', allowReserved: given.allowReserved ?? false, asJson: given.asJson ?? false };
}

/** Names of the properties that become arguments of their own; null where the body cannot be taken apart. */
function bodyMembers({ schema }: TemplateBody): readonly string[] | null {
  const { properties } = wholeObject(schema);
  const isFree = schema['additionalProperties'] === true || isRecord(schema['additionalProperties']);
  const names = Object.keys(properties).filter(name => !isReadOnly(properties[name]));
  return isFree || names.length === 0 || hasAlternatives(schema) ? null : names;
}

function hasAlternatives(schema: Schema): boolean {
  return schema['oneOf'] !== undefined || schema['anyOf'] !== undefined;
}

function isReadOnly(schema: unknown): boolean {
  return isRecord(schema) && schema['readOnly'] === true;
}

interface ObjectParts {
  readonly properties: Schema;
  readonly required: readonly string[];
}

/** What an object consists of, the parts that it is composed of included. */
function wholeObject(schema: Schema): ObjectParts {
  const parts: readonly unknown[] = Array.isArray(schema['allOf']) ? schema['allOf'] : [];
  const all = [...parts.filter(isRecord).map(wholeObject), ownParts(schema)];
  return {
    properties: Object.assign({}, ...all.map(part => part.properties)) as Schema,
    required: [...new Set(all.flatMap(part => part.required))],
  };
}

function ownParts({ properties, required }: Schema): ObjectParts {
  return {
    properties: isRecord(properties) ? properties : {},
    required: Array.isArray(required) ? required.filter(name => typeof name === 'string') : [],
  };
}

function planBody(template: TemplateBody, members: readonly string[] | null, names: readonly string[]): RestBody {
  const { encoding, ...body } = template;
  if (members === null) return { ...body, members, argument: names[0] ?? 'body' };
  const { properties } = wholeObject(body.schema);
  const planned = members.map((name, index): BodyMember => {
    const given = encoding[name] ?? {};
    const asJson = given.asJson ?? (given.style === undefined && isStructured(properties[name]));
    return { ...styleOf(given, 'form'), asJson, name, argument: names[index] ?? name };
  });
  return { ...body, members: planned, argument: 'body' };
}

/** Forms have no way of their own to write what is more than a text, a number or a list of these. */
function isStructured(schema: unknown): boolean {
  if (!isRecord(schema)) return false;
  if (schema['type'] === 'array') return isStructured(schema['items']);
  return schema['type'] === 'object' || schema['properties'] !== undefined;
}

function toolParameters(parameters: readonly RestParameter[], body: RestBody | null): Schema {
  const own = parameters.map(({ argument, schema, description, required }) => ({
    argument,
    schema: described(schema, description),
    required,
  }));
  const all = [...own, ...(body === null ? [] : bodyArguments(body))];
  return {
    type: 'object',
    properties: Object.fromEntries(all.map(({ argument, schema }) => [argument, schema])),
    required: all.filter(({ required }) => required).map(({ argument }) => argument),
    additionalProperties: false,
  };
}

interface Argument {
  readonly argument: string;
  readonly schema: Schema;
  readonly required: boolean;
}

function bodyArguments({ schema, members, argument, required, description }: RestBody): Argument[] {
  if (members === null) return [{ argument, schema: described(schema, description ?? 'The body of the request.'), required }];
  const whole = wholeObject(schema);
  return members.map(member => {
    const own = whole.properties[member.name];
    return { argument: member.argument, schema: isRecord(own) ? own : {}, required: required && whole.required.includes(member.name) };
  });
}

function described(schema: Schema, description: string | null): Schema {
  return description === null || schema['description'] !== undefined ? schema : { ...schema, description };
}
