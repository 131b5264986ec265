import { htmlAnswerError } from './classify-provider-failure.js';

interface Answer<Stream> {
  readonly data: Stream;
  readonly response: Response;
}

/** The stream of an answer. Throws when a web page came instead with status 200: an SDK would read it as a stream without events. */
export async function assertNoPage<Stream>(answer: Answer<Stream>, provider: string, baseUrl: string): Promise<Stream> {
  const { data, response } = answer;
  if (!response.headers.get('content-type')?.includes('text/html')) return data;
  await response.body?.cancel();
  throw htmlAnswerError({ provider, baseUrl, status: response.status });
}
