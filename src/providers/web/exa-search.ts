import { z } from 'zod';

export interface ExaOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

export interface WebSearch {
  readonly query: string;
  readonly numResults: number;
  readonly category: string | null;
  readonly includeText: boolean;
  readonly includeDomains: readonly string[];
  readonly excludeDomains: readonly string[];
  readonly startPublishedDate: string | null;
  readonly endPublishedDate: string | null;
  readonly userLocation: string | null;
}

const answer = z.object({
  results: z.array(
    z.object({
      title: z.string().nullish(),
      url: z.string(),
      publishedDate: z.string().nullish(),
      author: z.string().nullish(),
      text: z.string().nullish(),
      highlights: z.array(z.string()).nullish(),
      summary: z.string().nullish(),
    }),
  ),
});

export type WebSearchResult = z.output<typeof answer>['results'][number];

/** Asks Exa's search once. Throws when it fails or answers something else. */
export async function searchExa(
  { apiKey, baseUrl, timeoutMs }: ExaOptions,
  search: WebSearch,
  signal: AbortSignal,
): Promise<readonly WebSearchResult[]> {
  const parsed = answer.safeParse(await askExa({ apiKey, baseUrl, timeoutMs }, 'search', toBody(search), signal));
  if (!parsed.success) throw new Error('Exa answered without results');
  return parsed.data.results;
}

/** Asks Exa once for what a page says; null when it does not know. Throws when that fails. */
export async function readByExa(options: ExaOptions, url: string, signal: AbortSignal): Promise<WebSearchResult | null> {
  const parsed = answer.safeParse(await askExa(options, 'contents', { urls: [url], text: true }, signal));
  const page = parsed.success ? parsed.data.results[0] : undefined;
  return page?.text == null || page.text === '' ? null : page;
}

async function askExa({ apiKey, baseUrl, timeoutMs }: ExaOptions, operation: string, body: object, signal: AbortSignal): Promise<unknown> {
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify(body),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const text = await response.text();
  // A proxy or a gateway may repeat what it was sent.
  if (!response.ok) throw new Error(`Exa answered with status ${response.status}: ${text.slice(0, 500).replaceAll(apiKey, '[key]')}`);
  return JSON.parse(text);
}

function toBody(search: WebSearch) {
  const { category, startPublishedDate, endPublishedDate, userLocation, includeDomains, excludeDomains } = search;
  return {
    query: search.query,
    type: 'auto',
    numResults: search.numResults,
    ...(category === null ? {} : { category }),
    ...(includeDomains.length === 0 ? {} : { includeDomains }),
    ...(excludeDomains.length === 0 ? {} : { excludeDomains }),
    ...(startPublishedDate === null ? {} : { startPublishedDate }),
    ...(endPublishedDate === null ? {} : { endPublishedDate }),
    ...(userLocation === null ? {} : { userLocation }),
    contents: { text: search.includeText, highlights: true, summary: true },
  };
}
