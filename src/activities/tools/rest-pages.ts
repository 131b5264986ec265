import type { BuiltRequest } from '../../domain/rest/build-request.js';
import { itemsAt, nextPage } from '../../domain/rest/next-page.js';
import type { NextPage } from '../../domain/rest/next-page.js';
import type { RestDefinition, RestPagination } from '../../domain/rest/rest-definition.js';
import { isPassing, isSuccess, parseJson, presentAnswer, presentFailure, selected, textOf } from './present-answer.js';
import { exchange } from './rest-exchange.js';
import type { Exchange, ExchangeDeps, Exchanged } from './rest-exchange.js';

export interface PageDeps extends ExchangeDeps {
  /** Whatever a tool asks for. */
  readonly mostPages: number;
}

/** What a tool has found, and what must not be shown of it. */
export interface Found {
  readonly text: string;
  readonly isSuccess: boolean;
  /** It may go well another time. */
  readonly isPassing: boolean;
  readonly secrets: readonly string[];
}

/** The items of a list that a server gives page by page, up to a number of pages and of bytes. */
export async function fetchPages(
  deps: PageDeps,
  { response }: RestDefinition,
  pagination: RestPagination,
  first: Exchange,
  signal: AbortSignal,
): Promise<Found> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  const most = Math.min(pagination.maxPages, deps.mostPages);
  const asked = askedOf(first.request, pagination);
  let bytes = 0;
  let note: string | null = null;
  let next: Exchange | null = first;
  let index = 0;
  for (; next !== null && index < most; index += 1) {
    const limits = { ...deps.limits, maxBytes: deps.limits.maxBytes - bytes };
    const { answer, secrets }: Exchanged = await exchange({ ...deps, limits }, next, signal);
    for (const secret of secrets) seen.add(secret);
    const json = answer.isCut || !isSuccess(answer) ? undefined : parseJson(textOf(answer));
    const found = json === undefined ? null : itemsAt(json, pagination.items);
    if (found === null) {
      if (index === 0) return await single(answer, response, [...seen], signal);
      note = answer.isCut ? 'The next page is too long.' : isSuccess(answer) ? 'The next page holds no list.' : presentFailure(answer);
      break;
    }
    bytes += answer.bytes.length;
    items.push(...found);
    const step = nextPage(pagination, { json, link: answer.link, index, itemsSoFar: items.length, asked });
    const request: BuiltRequest | 'elsewhere' | null = step === null ? null : requestOf(next.request, step, answer.url);
    if (request === 'elsewhere') note = 'The next page is at another server.';
    next = request === null || request === 'elsewhere' ? null : { ...next, request };
  }
  const shown = await selected(items, response.select, signal);
  const isComplete = next === null && note === null;
  const notes = [note, shown.note].filter(text => text !== null).join(' ');
  return {
    text: JSON.stringify({ items: shown.value, pages: index, is_complete: isComplete, ...(notes === '' ? {} : { note: notes }) }, null, 2),
    isSuccess: true,
    isPassing: false,
    secrets: [...seen],
  };
}

/** A response that is no page. */
export async function single(
  answer: Exchanged['answer'],
  response: RestDefinition['response'],
  secrets: readonly string[],
  signal: AbortSignal,
): Promise<Found> {
  return isSuccess(answer)
    ? { text: await presentAnswer(answer, response, signal), isSuccess: true, isPassing: false, secrets }
    : { text: presentFailure(answer), isSuccess: false, isPassing: isPassing(answer), secrets };
}

function askedOf({ query }: BuiltRequest, pagination: RestPagination): number | null {
  if (pagination.kind !== 'page' && pagination.kind !== 'offset') return null;
  const value = query.find(({ name }) => name === pagination.parameter)?.value ?? '';
  return /^\d+$/.test(value) ? Number(value) : null;
}

/** Only the server that was asked is told the secrets: one that it names instead is not asked at all. */
function requestOf(request: BuiltRequest, step: NextPage, from: string): BuiltRequest | 'elsewhere' | null {
  if (step.kind === 'parameter') {
    const others = request.query.filter(({ name }) => name !== step.name);
    return { ...request, query: [...others, { name: step.name, value: step.value, allowReserved: false }] };
  }
  if (!URL.canParse(step.url, from)) return null;
  const url = new URL(step.url, from);
  if (url.origin !== new URL(request.url).origin) return 'elsewhere';
  const query = [...url.searchParams].map(([name, value]) => ({ name, value, allowReserved: false }));
  return { ...request, url: `${url.origin}${url.pathname}`, query };
}
