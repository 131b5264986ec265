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
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/search`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', 'x-api-key': apiKey },
    body: JSON.stringify(toBody(search)),
    signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
  });
  const text = await response.text();
  // A proxy or a gateway may repeat what it was sent.
  if (!response.ok) throw new Error(`Exa answered with status ${response.status}: ${text.slice(0, 500).replaceAll(apiKey, '[key]')}`);
  const parsed = answer.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error('Exa answered without results');
  return parsed.data.results;
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
