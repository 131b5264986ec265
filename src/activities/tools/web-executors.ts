import type { SecretsOf } from '../../domain/secrets/secrets-of.js';
import { fetchPage, PageError } from '../../providers/outbound/fetch-page.js';
import type { PageLimits } from '../../providers/outbound/fetch-page.js';
import { readByExa, searchExa } from '../../providers/web/exa-search.js';
import type { WebSearch, WebSearchResult } from '../../providers/web/exa-search.js';
import type { PageReader } from '../../providers/parsers/page-reader.js';
import type { ToolCallContext } from '../../repositories/tool-calls.repository.js';
import { count, optionalText, requiredText, textList, withArgumentErrors } from './tool-arguments.js';
import type { ToolArguments } from './tool-arguments.js';
import type { ToolExecutor, NamedExecutors } from './tool-executor.js';

/** The agent's secret of this name, as in V1. */
const exaSecret = 'EXA_API_KEY';

export interface WebExecutorOptions {
  /** The server's; that of an agent comes before it. Null = searching the web is not set up. */
  readonly exaApiKey: string | null;
  readonly secretsOf: SecretsOf;
  readonly exaBaseUrl: string;
  readonly page: PageLimits;
  readonly readPage: PageReader;
}

const defaultResults = 10;
const mostResults = 100;

/** The tools that read the web. */
export function createWebExecutors(options: WebExecutorOptions): NamedExecutors {
  return { web_search: searchWeb(options), fetch_webpage: readPage(options) };
}

/** By Exa where there is a key, as in V1; what Exa does not know, or cannot tell, is fetched by this server. */
function readPage(options: WebExecutorOptions): ToolExecutor {
  const { exaBaseUrl, page: limits, readPage: read } = options;
  return (call, args, signal) =>
    withArgumentErrors(async () => {
      const url = requiredText(args, 'url').trim();
      const exaApiKey = await exaKeyOf(options, call);
      const isOnWeb = /^https?:\/\//i.test(url) && URL.canParse(url);
      const exa = { apiKey: exaApiKey ?? '', baseUrl: exaBaseUrl, timeoutMs: limits.timeoutMs };
      const known = exaApiKey === null || !isOnWeb ? null : await readByExa(exa, url, signal).catch(unlessAborted(signal));
      if (known !== null) return { status: 'success', value: toJson(presentPage(known)) };
      try {
        return { status: 'success', value: await read(await fetchPage(url, limits, signal), signal) };
      } catch (error) {
        if (!(error instanceof PageError)) throw error;
        return { status: 'error', value: `The page ${url} cannot be read: ${error.message}.` };
      }
    });
}

async function exaKeyOf({ exaApiKey, secretsOf }: WebExecutorOptions, call: ToolCallContext): Promise<string | null> {
  return (await secretsOf(call))[exaSecret] ?? exaApiKey;
}

/** Another way is tried for what has failed, but not for somebody who has gone. */
function unlessAborted(signal: AbortSignal): (error: unknown) => null {
  return error => {
    if (signal.aborted) throw error;
    return null;
  };
}

function presentPage({ title, publishedDate, author, text }: WebSearchResult) {
  return { title: title ?? null, published_date: publishedDate ?? null, author: author ?? null, text: text ?? '' };
}

function searchWeb(options: WebExecutorOptions): ToolExecutor {
  const { exaBaseUrl, page } = options;
  return (call, args, signal) =>
    withArgumentErrors(async () => {
      const search = toSearch(args);
      if (search.query.trim() === '') return { status: 'success', value: toJson({ error: 'The query is empty', query: search.query }) };
      const exaApiKey = await exaKeyOf(options, call);
      if (exaApiKey === null)
        return {
          status: 'error',
          value: 'web_search is not set up: the setting EXA_API_KEY of the server is missing, and so is the secret of the agent.',
        };
      try {
        const results = await searchExa({ apiKey: exaApiKey, baseUrl: exaBaseUrl, timeoutMs: page.timeoutMs }, search, signal);
        return { status: 'success', value: toJson({ query: search.query, results: results.map(result => presentResult(result, search)) }) };
      } catch (error) {
        if (signal.aborted) throw error;
        // V1's form of a search that failed: the model reads why, and goes on.
        const reason = error instanceof Error ? error.message : String(error);
        return { status: 'success', value: toJson({ query: search.query, error: `Search failed: ${reason}` }) };
      }
    });
}

function toSearch(args: ToolArguments): WebSearch {
  return {
    query: requiredText(args, 'query'),
    numResults: count(args, 'num_results', defaultResults, mostResults),
    category: optionalText(args, 'category'),
    includeText: args['include_text'] === true || args['include_text'] === 'true',
    includeDomains: textList(args, 'include_domains'),
    excludeDomains: textList(args, 'exclude_domains'),
    startPublishedDate: optionalText(args, 'start_published_date'),
    endPublishedDate: optionalText(args, 'end_published_date'),
    userLocation: optionalText(args, 'user_location'),
  };
}

function presentResult({ title, url, publishedDate, author, text, highlights, summary }: WebSearchResult, { includeText }: WebSearch) {
  return {
    title: title ?? null,
    url,
    published_date: publishedDate ?? null,
    author: author ?? null,
    ...(includeText && text != null ? { text } : {}),
    ...(highlights != null ? { highlights } : {}),
    ...(summary != null ? { summary } : {}),
  };
}

function toJson(value: unknown): string {
  return JSON.stringify(value, null, 2);
}
