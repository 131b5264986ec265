import { RequestError } from '../errors.js';
import { placeholdersOf } from '../secrets/fill-placeholders.js';
import type { RestTemplate, TemplateParameter } from './plan-rest-tool.js';
import type { ParameterPlace, ParameterStyle } from './rest-definition.js';

/** A `{name}` of a URL, which is no `{{ SECRET }}`. */
export const pathGap = /(?<!\{)\{([^{}]+)\}(?!\})/g;

const styles: Readonly<Record<ParameterPlace, readonly ParameterStyle[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form'],
};

/** Of the connection, or written by this server. */
const ownHeaders = [
  'host',
  'content-length',
  'content-type',
  'transfer-encoding',
  'connection',
  'keep-alive',
  'upgrade',
  'te',
  'trailer',
  'expect',
];
/** They say who calls: a model must not, and a text that anybody may read must not either. */
const credentials = ['authorization', 'proxy-authorization', 'cookie'];

const headerName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Throws a RequestError that says what cannot be called in this way. */
export function checkTemplate(template: RestTemplate): void {
  checkUrl(template);
  checkParameters(template.parameters);
  checkHeaders(template);
  const { method, body, pagination } = template;
  if (body !== null && (method === 'GET' || method === 'HEAD')) throw wrong(`A ${method} request has no body`);
  if (pagination !== null && method !== 'GET') throw wrong(`Only the pages of a GET are followed, not those of a ${method}`);
}

function checkUrl({ url, parameters }: RestTemplate): void {
  const filled = url.replaceAll(/\{\{[^{}]*\}\}/g, 'x');
  const gaps = [...filled.matchAll(pathGap)].map(match => match[1] ?? '');
  const plain = filled.replaceAll(pathGap, 'x');
  if (!URL.canParse(plain)) throw wrong(`'${url}' is no URL`);
  const { protocol, username, password, search, hash } = new URL(plain);
  if (protocol !== 'http:' && protocol !== 'https:') throw wrong(`Only http and https URLs can be called, not ${protocol}`);
  if (username !== '' || password !== '') throw wrong("A URL must not hold a user's name or password: they belong into 'auth'");
  if (search !== '' || hash !== '') throw wrong("A URL ends with its path: what follows a '?' belongs into 'query' or 'parameters'");
  if (/[{}]/.test(plain)) throw wrong(`The braces of '${url}' do not match`);
  if (/^[^/]*\/\/[^/]*\{/.test(filled)) throw wrong('The host of a URL cannot be an argument');
  const named = parameters.filter(({ place }) => place === 'path').map(({ name }) => name);
  const unknown = gaps.find(gap => !named.includes(gap));
  if (unknown !== undefined) throw wrong(`The URL has {${unknown}}, which no parameter in 'path' fills`);
  const unused = named.find(name => !gaps.includes(name));
  if (unused !== undefined) throw wrong(`The parameter '${unused}' is in 'path', but the URL has no {${unused}}`);
}

function checkParameters(parameters: readonly TemplateParameter[]): void {
  const seen = new Set<string>();
  for (const { name, place, style, required } of parameters) {
    const key = `${place} ${place === 'header' ? name.toLowerCase() : name}`;
    if (seen.has(key)) throw wrong(`The parameter '${name}' in '${place}' is there twice`);
    seen.add(key);
    if (style !== undefined && !styles[place].includes(style)) throw wrong(`A parameter in '${place}' has no style '${style}'`);
    if (place === 'path' && !required) throw wrong(`The parameter '${name}' is in 'path', so it is required`);
    if (place === 'header') checkHeaderName(name);
    if (place === 'header' && credentials.includes(name.toLowerCase()))
      throw wrong(`The header '${name}' is no argument: it belongs into 'auth'`);
  }
}

function checkHeaders({ headers, idempotencyHeader }: RestTemplate): void {
  for (const [name, value] of Object.entries(headers)) {
    checkHeaderName(name);
    if (/[\r\n\0]/.test(value)) throw wrong(`The header '${name}' has more than one line`);
    if (credentials.includes(name.toLowerCase()) && placeholdersOf(value).length === 0)
      throw wrong(`The header '${name}' belongs into 'auth', or names a secret as {{ NAME }}`);
  }
  if (idempotencyHeader !== null) checkHeaderName(idempotencyHeader);
}

function checkHeaderName(name: string): void {
  if (!headerName.test(name)) throw wrong(`'${name}' is no name of a header`);
  if (ownHeaders.includes(name.toLowerCase())) throw wrong(`The header '${name}' is not for tools to set`);
}

function wrong(message: string): RequestError {
  return new RequestError('unprocessable', message);
}
