import { argumentsOf, defaultUsage, idOf, namedEvent, wordsOf } from './mock-reply.js';
import type { MockFrames, MockMessage, MockReply, MockRequest } from './mock-reply.js';

interface Block {
  readonly open: Readonly<Record<string, unknown>>;
  readonly deltas: readonly Readonly<Record<string, unknown>>[];
}

/** An answer in the form of Anthropic's messages. */
export function anthropicFrames(reply: MockReply): MockFrames {
  const usage = reply.usage ?? defaultUsage;
  const { cached = 0, cacheWrite = 0 } = usage;
  const input = {
    input_tokens: usage.input - cached - cacheWrite,
    cache_read_input_tokens: cached,
    cache_creation_input_tokens: cacheWrite,
    output_tokens: 1,
  };
  const output = {
    output_tokens: usage.output,
    ...(usage.reasoning === undefined ? {} : { output_tokens_details: { thinking_tokens: usage.reasoning } }),
  };
  return {
    opening: [
      namedEvent({
        type: 'message_start',
        ...{ message: { id: 'msg_1', type: 'message', role: 'assistant', content: [], usage: input } },
      }),
      namedEvent({ type: 'ping' }),
    ],
    pieces: blocksOf(reply).flatMap(blockEvents),
    closing: [
      namedEvent({ type: 'message_delta', ...{ delta: { stop_reason: stopReason(reply) }, usage: output } }),
      namedEvent({ type: 'message_stop' }),
    ],
  };
}

function blocksOf(reply: MockReply): Block[] {
  const text = wordsOf(reply.text);
  return [
    ...(reply.reasoning === undefined
      ? []
      : [
          {
            open: { type: 'thinking', thinking: '' },
            deltas: [
              ...wordsOf(reply.reasoning).map(thinking => ({ type: 'thinking_delta', thinking })),
              { type: 'signature_delta', signature: 'signed' },
            ],
          },
        ]),
    ...(reply.redacted === undefined ? [] : [{ open: { type: 'redacted_thinking', data: reply.redacted }, deltas: [] }]),
    ...(text.length === 0 ? [] : [{ open: { type: 'text', text: '' }, deltas: text.map(word => ({ type: 'text_delta', text: word })) }]),
    ...(reply.toolCalls ?? []).map((call, index) => {
      const id = idOf(call, index);
      return {
        open: { type: 'tool_use', ...(id === null ? {} : { id }), ...(call.name === '' ? {} : { name: call.name }), input: {} },
        deltas: [{ type: 'input_json_delta', partial_json: argumentsOf(call) }],
      };
    }),
  ];
}

function blockEvents({ open, deltas }: Block, index: number): string[] {
  return [
    namedEvent({ type: 'content_block_start', ...{ index, content_block: open } }),
    ...deltas.map(delta => namedEvent({ type: 'content_block_delta', ...{ index, delta } })),
    namedEvent({ type: 'content_block_stop', ...{ index } }),
  ];
}

function stopReason({ finish, toolCalls }: MockReply): string {
  if (finish !== undefined) return finish === 'length' ? 'max_tokens' : 'refusal';
  return toolCalls === undefined ? 'end_turn' : 'tool_use';
}

interface AnthropicBody {
  readonly model: string;
  readonly system?: readonly { readonly text: string }[];
  readonly messages: readonly { readonly role: 'user' | 'assistant'; readonly content: readonly AnthropicBlock[] }[];
  readonly tools?: readonly { readonly name: string }[];
}

type AnthropicBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_use'; readonly id: string; readonly name: string; readonly input: unknown }
  | { readonly type: 'tool_result'; readonly tool_use_id: string; readonly content: string }
  | { readonly type: 'thinking' | 'redacted_thinking' | 'image' };

/** A request to Anthropic, as chat completions would have it. */
export function fromAnthropicBody({ model, system, messages, tools }: AnthropicBody): MockRequest {
  const head: MockMessage[] = system === undefined ? [] : [{ role: 'system', content: system }];
  return { model, messages: [...head, ...messages.flatMap(fromTurn)], tools: (tools ?? []).map(({ name }) => ({ function: { name } })) };
}

function fromTurn({ role, content }: AnthropicBody['messages'][number]): MockMessage[] {
  const results = content.flatMap(block =>
    block.type === 'tool_result' ? [{ role: 'tool', content: block.content, tool_call_id: block.tool_use_id }] : [],
  );
  const texts = content.flatMap(block => (block.type === 'text' ? [block] : []));
  const calls = content.flatMap(block =>
    block.type === 'tool_use' ? [{ id: block.id, function: { name: block.name, arguments: JSON.stringify(block.input) } }] : [],
  );
  if (role === 'assistant') return [{ role, content: texts, ...(calls.length === 0 ? {} : { tool_calls: calls }) }];
  return [...results, ...texts.map(text => ({ role, content: [text] }))];
}
