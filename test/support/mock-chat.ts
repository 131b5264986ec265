import { argumentsOf, defaultUsage, idOf, wordsOf } from './mock-reply.js';
import type { MockCall, MockFrames, MockReply, MockUsage } from './mock-reply.js';

/** An answer in the form of OpenAI's chat completions. */
export function chatFrames(reply: MockReply): MockFrames {
  const finish = reply.finish ?? (reply.toolCalls === undefined ? 'stop' : 'tool_calls');
  return {
    opening: [],
    pieces: [
      ...wordsOf(reply.reasoning).map(reasoning_content => chunk({ reasoning_content })),
      ...wordsOf(reply.text).map(content => chunk({ content })),
      ...(reply.toolCalls ?? []).flatMap(callChunks),
    ],
    closing: [chunk({}, finish), event({ choices: [], usage: toUsage(reply.usage ?? defaultUsage) }), 'data: [DONE]\n\n'],
  };
}

function callChunks(call: MockCall, index: number): string[] {
  const id = idOf(call, index);
  const name = call.name === '' ? {} : { name: call.name };
  return [
    chunk({ tool_calls: [{ index, ...(id === null ? {} : { id }), type: 'function', function: { ...name, arguments: '' } }] }),
    chunk({ tool_calls: [{ index, function: { arguments: argumentsOf(call) } }] }),
  ];
}

function chunk(delta: unknown, finish: string | null = null): string {
  return event({ choices: [{ index: 0, delta, finish_reason: finish }] });
}

function event(more: Readonly<Record<string, unknown>>): string {
  return `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'mock', ...more })}\n\n`;
}

function toUsage({ input, output, cached, cacheWrite, reasoning }: MockUsage) {
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    ...(cached === undefined && cacheWrite === undefined
      ? {}
      : {
          prompt_tokens_details: {
            ...(cached === undefined ? {} : { cached_tokens: cached }),
            ...(cacheWrite === undefined ? {} : { cache_write_tokens: cacheWrite }),
          },
        }),
    ...(reasoning === undefined ? {} : { completion_tokens_details: { reasoning_tokens: reasoning } }),
  };
}
