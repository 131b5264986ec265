import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { UnreadableDocument } from '../../src/domain/files/document-parser.js';
import type { ModelRequest, ModelResponse } from '../../src/domain/model/language-model.js';
import { ModelError } from '../../src/domain/model/model-error.js';
import { createMistralOcr } from '../../src/providers/parsers/mistral-ocr.js';
import { createVisionReader } from '../../src/providers/parsers/vision-reader.js';
import { config } from './model-calls.js';

const live = new AbortController().signal;

describe('createMistralOcr', () => {
  let server: Server;
  let answer: (response: ServerResponse) => void = () => undefined;
  let asked: { readonly headers: IncomingMessage['headers']; readonly body: unknown } | null = null;
  before(async () => {
    server = createServer((request, response) => {
      void json(request).then(body => {
        asked = { headers: request.headers, body };
        answer(response);
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  });
  after(() => server.close());
  const answers = (status: number, body: unknown) => {
    answer = response => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  };
  const read = (mediaType: string) => {
    const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/`;
    return createMistralOcr({ apiKey: 'hush-hush', baseUrl, timeoutMs: 5000 }).read(Buffer.from('bytes'), mediaType, live);
  };

  it('sends a PDF as a document, with the key, and puts the pages together in their order', async () => {
    answers(200, {
      pages: [
        { index: 1, markdown: 'Two' },
        { index: 0, markdown: '# One' },
      ],
    });
    assert.equal(await read('application/pdf'), '# One\n\nTwo');
    assert.equal(asked?.headers.authorization, 'Bearer hush-hush');
    const document = { type: 'document_url', document_url: 'data:application/pdf;base64,Ynl0ZXM=' };
    assert.deepEqual(asked.body, { model: 'mistral-ocr-latest', document, include_image_base64: false });
  });

  it('sends an image as one', async () => {
    answers(200, { pages: [{ index: 0, markdown: 'A sign' }] });
    assert.equal(await read('image/png'), 'A sign');
    const { document } = asked?.body as { readonly document: unknown };
    assert.deepEqual(document, { type: 'image_url', image_url: 'data:image/png;base64,Ynl0ZXM=' });
  });

  it('tells a document that is refused from a service that is away, and never names the key', async () => {
    answers(422, { message: 'The document hush-hush has no pages' });
    await assert.rejects(read('application/pdf'), error => error instanceof UnreadableDocument && !error.message.includes('hush'));
    for (const status of [429, 503]) {
      answers(status, { message: 'later' });
      await assert.rejects(read('application/pdf'), error => error instanceof ModelError && error.retryable);
    }
    answers(401, { message: 'wrong key hush-hush' });
    await assert.rejects(
      read('application/pdf'),
      error => error instanceof ModelError && !error.retryable && !error.message.includes('hush'),
    );
    answers(200, { nothing: true });
    await assert.rejects(read('application/pdf'), error => error instanceof ModelError && error.retryable);
  });
});

describe('createVisionReader', () => {
  const reader = (response: Partial<ModelResponse>, seen: ModelRequest[] = []) =>
    createVisionReader(
      {
        resolveModel: handle => Promise.resolve(handle === 'test/sees' ? config('sees') : null),
        languageModel: () => ({
          requestBody: () => Promise.resolve(null),
          counting: () => Promise.resolve(null),
          complete: request => {
            seen.push(request);
            return Promise.resolve({ content: [], toolCalls: [], finishReason: 'stop', usage: noUsage, ...response });
          },
        }),
      },
      'test/sees',
    );

  it('shows the model the image and returns what it says', async () => {
    const seen: ModelRequest[] = [];
    assert.equal(
      await reader({ content: [{ type: 'text', text: 'A heron.' }] }, seen).read(Buffer.from('bytes'), 'image/png', live),
      'A heron.',
    );
    const [message] = seen[0]?.messages ?? [];
    assert.deepEqual(message?.role === 'user' ? message.content[1] : null, {
      type: 'image',
      source: { type: 'base64', mediaType: 'image/png', data: 'Ynl0ZXM=' },
    });
  });

  it('says that a model withheld its answer, or saw nothing', async () => {
    await assert.rejects(reader({ finishReason: 'content_filter' }).read(Buffer.from('x'), 'image/png', live), UnreadableDocument);
    await assert.rejects(reader({}).read(Buffer.from('x'), 'image/png', live), UnreadableDocument);
  });
});

const noUsage = {
  promptTokens: 0,
  completionTokens: 0,
  totalTokens: 0,
  cachedInputTokens: null,
  cacheWriteTokens: null,
  reasoningTokens: null,
};
