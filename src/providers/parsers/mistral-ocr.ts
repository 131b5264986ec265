import { z } from 'zod';
import { UnreadableDocument } from '../../domain/files/document-parser.js';
import { ModelError } from '../../domain/model/model-error.js';
import { classifyProviderFailure } from '../llm/classify-provider-failure.js';
import { classifyTransportFailure } from '../llm/classify-transport-failure.js';
import type { PictureReader } from './create-document-parser.js';

export interface MistralOcrOptions {
  readonly apiKey: string;
  readonly baseUrl: string;
  readonly timeoutMs: number;
}

const provider = 'Mistral OCR';
const model = 'mistral-ocr-latest';
const answer = z.object({ pages: z.array(z.object({ index: z.number(), markdown: z.string() })) });
/** Of the body of an answer. */
const mostCharacters = 64 * 1024 * 1024;

/** Mistral's OCR, which V1 reads PDFs with. */
export function createMistralOcr(options: MistralOcrOptions): PictureReader {
  return {
    async read(bytes, mediaType, signal) {
      const url = `data:${mediaType};base64,${bytes.toString('base64')}`;
      const document =
        mediaType === 'application/pdf' ? { type: 'document_url', document_url: url } : { type: 'image_url', image_url: url };
      const parsed = answer.safeParse(await ask(options, { model, document, include_image_base64: false }, signal));
      if (!parsed.success)
        throw new ModelError({ kind: 'llm_invalid_response', message: `${provider} answered without pages`, retryable: true });
      const pages = parsed.data.pages.toSorted((a, b) => a.index - b.index);
      return pages.map(({ markdown }) => markdown).join('\n\n');
    },
  };
}

async function ask({ apiKey, baseUrl, timeoutMs }: MistralOcrOptions, body: unknown, signal: AbortSignal): Promise<unknown> {
  const { response, text } = await send(baseUrl, apiKey, body, AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      throw classifyTransportFailure(error, provider, [apiKey]);
    },
  );
  if (!response.ok) {
    const { status, headers } = response;
    const failure = classifyProviderFailure({
      provider,
      status,
      headers,
      message: text.slice(0, 500),
      code: '',
      baseUrl,
      secrets: [apiKey],
    });
    // It finds fault with the document, which stays as it is.
    if (failure.refusesInput) throw new UnreadableDocument(failure.message);
    throw failure;
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new ModelError({ kind: 'llm_invalid_response', message: `${provider} answered with malformed JSON`, retryable: true });
  }
}

/** Where the operator has said, and nowhere else: the document and the key follow no redirect. */
async function send(baseUrl: string, apiKey: string, body: unknown, signal: AbortSignal): Promise<{ response: Response; text: string }> {
  const response = await fetch(`${baseUrl.replace(/\/+$/, '')}/ocr`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', authorization: `Bearer ${apiKey}` },
    body: JSON.stringify(body),
    redirect: 'error',
    signal,
  });
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if (text.length > mostCharacters) throw new Error('the answer is too long');
  }
  return { response, text: text + decoder.decode() };
}
