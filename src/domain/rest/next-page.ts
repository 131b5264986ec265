import type { RestPagination } from './rest-definition.js';
import { isRecord } from './serialize-value.js';

/** What came as one page. */
export interface ResponsePage {
  readonly json: unknown;
  /** The header of that name. */
  readonly link: string | null;
  /** Of the page, from 0. */
  readonly index: number;
  /** Items of this page and of those before it. */
  readonly itemsSoFar: number;
  /** What the first request has asked for by the parameter that counts; null = it has not. */
  readonly asked: number | null;
}

/** Where the next page is: at a URL of the server's, or behind another value of a query parameter. */
export type NextPage =
  { readonly kind: 'url'; readonly url: string } | { readonly kind: 'parameter'; readonly name: string; readonly value: string };

/** Null = there is none, as far as the response tells. */
export function nextPage(pagination: RestPagination, page: ResponsePage): NextPage | null {
  const items = itemsAt(page.json, pagination.items);
  switch (pagination.kind) {
    case 'link_header':
      return toUrl(nextLink(page.link ?? ''));
    case 'next_url':
      return toUrl(valueAt(page.json, pagination.nextUrl));
    case 'cursor': {
      const cursor = valueAt(page.json, pagination.cursor);
      const isCursor = (typeof cursor === 'string' && cursor !== '') || typeof cursor === 'number';
      return isCursor ? { kind: 'parameter', name: pagination.parameter, value: String(cursor) } : null;
    }
    case 'page':
      return isEmpty(items)
        ? null
        : { kind: 'parameter', name: pagination.parameter, value: String((page.asked ?? pagination.first) + page.index + 1) };
    case 'offset':
      return isEmpty(items) ? null : { kind: 'parameter', name: pagination.parameter, value: String((page.asked ?? 0) + page.itemsSoFar) };
  }
}

/** The list of a page; null when the response holds none there. */
export function itemsAt(json: unknown, path: string): readonly unknown[] | null {
  const value = valueAt(json, path);
  return Array.isArray(value) ? value : null;
}

function isEmpty(items: readonly unknown[] | null): boolean {
  return items === null || items.length === 0;
}

function valueAt(json: unknown, path: string): unknown {
  if (path === '') return json;
  return path.split('.').reduce<unknown>((value, name) => {
    if (Array.isArray(value)) return (value as readonly unknown[])[Number(name)];
    return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }, json);
}

function toUrl(value: unknown): NextPage | null {
  return typeof value === 'string' && value !== '' ? { kind: 'url', url: value } : null;
}

/** RFC 8288: `<https://…?page=2>; rel="next"`. */
function nextLink(header: string): string | null {
  for (const [, url, parameters = ''] of header.matchAll(/<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"[^"]*"|[^\s",;]+))*)/g)) {
    const rel = /;\s*rel\s*=\s*(?:"([^"]*)"|([^\s",;]+))/i.exec(parameters);
    if ((rel?.[1] ?? rel?.[2] ?? '').toLowerCase().split(/\s+/).includes('next')) return url ?? null;
  }
  return null;
}
