import { fillPlaceholders } from '../secrets/fill-placeholders.js';
import { pathGap } from './check-template.js';
import { encodeBody } from './encode-body.js';
import type { EncodedBody } from './encode-body.js';
import { encodeQuery } from './encode-query.js';
import type { QueryPair } from './encode-query.js';
import type { RestDefinition, RestParameter } from './rest-definition.js';
import { textOf, toPairs, toSimpleText } from './serialize-value.js';

/** A request that can be sent, but for who sends it. */
export interface BuiltRequest {
  readonly method: string;
  /** Without a query. */
  readonly url: string;
  readonly query: readonly QueryPair[];
  readonly headers: Readonly<Record<string, string>>;
  readonly cookies: readonly (readonly [name: string, value: string])[];
  readonly body: EncodedBody | null;
}

export interface BuildInput {
  readonly args: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  /** Of the tool call. */
  readonly idempotencyKey: string;
  /** Any text that stands in no value. */
  readonly boundary: string;
}

/** Arguments that cannot be sent. The message is for the model. */
export class UnsendableArgument extends Error {
  override readonly name = 'ValueError';
}

/** Puts a model's arguments and the secrets into a tool's request. Throws MissingSecret and UnsendableArgument. */
export function buildRequest(definition: RestDefinition, { args, secrets, idempotencyKey, boundary }: BuildInput): BuiltRequest {
  const { method, parameters, body, idempotencyHeader } = definition;
  const given = parameters.filter(({ argument }) => isGiven(args[argument]));
  const inPlace = (place: RestParameter['place']): readonly RestParameter[] => given.filter(parameter => parameter.place === place);
  const fill = (text: string): string => fillPlaceholders(text, secrets);
  const cookies = inPlace('cookie').flatMap(parameter => toPairs(parameter.name, args[parameter.argument], parameter));
  return {
    method,
    url: buildUrl(definition, args, fill),
    query: [
      ...Object.entries(definition.query).map(([name, value]) => ({ name, value: fill(value), allowReserved: false })),
      ...inPlace('query').flatMap(parameter =>
        toPairs(parameter.name, args[parameter.argument], parameter).map(([name, value]) => ({
          name,
          value,
          allowReserved: parameter.allowReserved,
        })),
      ),
    ],
    headers: {
      ...Object.fromEntries(Object.entries(definition.headers).map(([name, value]) => [name, headerText(name, fill(value))])),
      ...Object.fromEntries(
        inPlace('header').map(parameter => [
          parameter.name,
          headerText(
            parameter.argument,
            toSimpleText(parameter.name, args[parameter.argument], parameter, text => text),
          ),
        ]),
      ),
      ...(idempotencyHeader === null ? {} : { [idempotencyHeader]: idempotencyKey }),
    },
    cookies: cookies.map(([name, value]) => [name, encodeURIComponent(value)]),
    body: body === null ? null : encodeBody(body, args, boundary),
  };
}

function buildUrl({ url, parameters }: RestDefinition, args: BuildInput['args'], fill: (text: string) => string): string {
  // Secrets first: what a model writes is never looked through for placeholders.
  const path = fill(url).replaceAll(pathGap, (_gap, name: string) => {
    const parameter = parameters.find(candidate => candidate.place === 'path' && candidate.name === name);
    const value = parameter === undefined ? undefined : args[parameter.argument];
    if (parameter === undefined || !isGiven(value) || textOf(value) === '')
      throw new UnsendableArgument(`Missing required argument: ${parameter?.argument ?? name}`);
    return toSimpleText(parameter.name, value, parameter, encodeURIComponent);
  });
  // `..` would lead to another operation than the one that was meant.
  if (path.split(/[/\\]/).some(segment => segment === '.' || segment === '..'))
    throw new UnsendableArgument('An argument of the path must not be . or ..');
  if (!URL.canParse(path)) throw new UnsendableArgument('The address of the request is no URL');
  return path;
}

function headerText(name: string, value: string): string {
  if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) throw new UnsendableArgument(`${name} holds characters that a header cannot have`);
  return value;
}

/** With the query, encoded. */
export function addressOf({ url, query }: Pick<BuiltRequest, 'url' | 'query'>): string {
  return query.length === 0 ? url : `${url}?${encodeQuery(query)}`;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
