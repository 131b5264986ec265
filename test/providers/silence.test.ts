import assert from 'node:assert/strict';
import type { LanguageModel } from '../../src/domain/model/language-model.js';
import { createAnthropicSource } from '../../src/providers/anthropic-source.js';
import { createOpenAiSource } from '../../src/providers/openai-source.js';
import type { CallLimits } from '../../src/providers/llm/stream-response.js';
import { chatFrames } from '../support/mock-chat.js';
import { anthropicFrames } from '../support/mock-anthropic.js';
import { responsesFrames } from '../support/mock-responses.js';
import { complete, config, failure, request, user } from './model-calls.js';
import { startWireServer } from './wire-server.js';
import type { WireServer } from './wire-server.js';

interface Form {
  readonly name: string;
  readonly frames: typeof chatFrames;
  readonly model: (server: WireServer, limits: CallLimits) => LanguageModel;
}

const openai = (protocol: 'chat' | 'responses') => (server: WireServer, limits: CallLimits) =>
  createOpenAiSource({ apiKey: 'sk-secret', baseUrl: `${server.url}/v1`, limits, protocol }).languageModel(config('gpt-4.1'));

const forms: readonly Form[] = [
  { name: 'chat completions', frames: chatFrames, model: openai('chat') },
  { name: 'responses', frames: responsesFrames, model: openai('responses') },
  {
    name: 'anthropic',
    frames: anthropicFrames,
    model: (server, limits) =>
      createAnthropicSource({ apiKey: 'sk-secret', baseUrl: server.url, cachesPrompts: true, limits }).languageModel(
        config('claude-sonnet-5'),
      ),
  },
];

describe('a provider that falls silent', () => {
  let server: WireServer;

  beforeEach(async () => {
    server = await startWireServer();
  });
  afterEach(() => server.close());

  for (const { name, frames, model } of forms) {
    const hello = request(config(name === 'anthropic' ? 'claude-sonnet-5' : 'gpt-4.1'), [user('hello')]);

    it(`is left when ${name} begin no answer`, async () => {
      server.answer = () => ({ body: '', then: 'silence' });
      const error = await failure(complete(model(server, { timeoutMs: 60_000, idleTimeoutMs: 100 }), hello));
      assert.deepEqual([error.kind, error.retryable], ['llm_timeout', true]);
      assert.match(error.message, /nothing came for 100 ms/);
      await server.clientLeft;
    });

    it(`is left when ${name} stop in the middle`, async () => {
      const { opening, pieces } = frames({ text: 'Half an answer' });
      server.answer = () => ({ body: [...opening, ...pieces.slice(0, 2)].join(''), then: 'hang' });
      const error = await failure(complete(model(server, { timeoutMs: 60_000, idleTimeoutMs: 100 }), hello));
      assert.deepEqual([error.kind, error.retryable], ['llm_timeout', true]);
      await server.clientLeft;
    });

    it(`is left when ${name} take longer than a whole call may`, async () => {
      const { opening } = frames({ text: 'Half an answer' });
      server.answer = () => ({ body: opening.join(''), then: 'hang' });
      const error = await failure(complete(model(server, { timeoutMs: 100, idleTimeoutMs: 60_000 }), hello));
      assert.equal(error.kind, 'llm_timeout');
      await server.clientLeft;
    });
  }
});
