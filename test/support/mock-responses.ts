import { argumentsOf, defaultUsage, idOf, namedEvent, wordsOf } from './mock-reply.js';
import type { MockCall, MockFrames, MockMessage, MockReply, MockRequest, MockUsage } from './mock-reply.js';

/** An answer in the form of OpenAI's Responses. */
export function responsesFrames(reply: MockReply): MockFrames {
  const first = reply.reasoning === undefined ? 0 : 1;
  return {
    opening: [namedEvent({ type: 'response.created', ...{ response: { id: 'resp_1', status: 'in_progress', output: [] } } })],
    pieces: [
      ...(reply.reasoning === undefined ? [] : reasoningEvents(reply.reasoning)),
      ...wordsOf(reply.text).map(delta => namedEvent({ type: 'response.output_text.delta', ...{ output_index: first, delta } })),
      ...(reply.toolCalls ?? []).flatMap((call, index) => callEvents(call, index, first + 1)),
    ],
    closing: [endEvent(reply)],
  };
}

function reasoningEvents(text: string): string[] {
  const item = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text }], encrypted_content: 'encrypted' };
  return [
    namedEvent({ type: 'response.reasoning_summary_part.added', ...{ output_index: 0, summary_index: 0 } }),
    ...wordsOf(text).map(delta =>
      namedEvent({ type: 'response.reasoning_summary_text.delta', ...{ output_index: 0, summary_index: 0, delta } }),
    ),
    namedEvent({ type: 'response.output_item.done', ...{ output_index: 0, item } }),
  ];
}

function callEvents(call: MockCall, index: number, first: number): string[] {
  const place = { output_index: first + index };
  const id = idOf(call, index);
  const item = {
    type: 'function_call',
    ...(id === null ? {} : { call_id: id }),
    ...(call.name === '' ? {} : { name: call.name }),
    arguments: '',
  };
  return [
    namedEvent({ type: 'response.output_item.added', ...place, ...{ item } }),
    namedEvent({ type: 'response.function_call_arguments.delta', ...place, ...{ delta: argumentsOf(call) } }),
    namedEvent({ type: 'response.output_item.done', ...place, ...{ item: { ...item, arguments: argumentsOf(call) } } }),
  ];
}

function endEvent({ finish, usage }: MockReply): string {
  const response = { id: 'resp_1', output: [], usage: toUsage(usage ?? defaultUsage) };
  if (finish === undefined) return namedEvent({ type: 'response.completed', ...{ response: { ...response, status: 'completed' } } });
  const reason = finish === 'length' ? 'max_output_tokens' : 'content_filter';
  return namedEvent({
    type: 'response.incomplete',
    ...{ response: { ...response, status: 'incomplete', incomplete_details: { reason } } },
  });
}

function toUsage({ input, output, cached, cacheWrite, reasoning }: MockUsage) {
  return {
    input_tokens: input,
    output_tokens: output,
    total_tokens: input + output,
    input_tokens_details: {
      ...(cached === undefined ? {} : { cached_tokens: cached }),
      ...(cacheWrite === undefined ? {} : { cache_write_tokens: cacheWrite }),
    },
    output_tokens_details: reasoning === undefined ? {} : { reasoning_tokens: reasoning },
  };
}

interface ResponsesBody {
  readonly model: string;
  readonly instructions?: string;
  readonly input: readonly InputItem[];
  readonly tools?: readonly { readonly name: string }[];
}

type InputItem =
  | { readonly type?: undefined; readonly role: string; readonly content: string | readonly { readonly text?: string }[] }
  | { readonly type: 'function_call'; readonly call_id: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'function_call_output'; readonly call_id: string; readonly output: string }
  | { readonly type: 'reasoning' };

/** A request to Responses, as chat completions would have it. */
export function fromResponsesBody({ model, instructions, input, tools }: ResponsesBody): MockRequest {
  const messages: MockMessage[] = instructions === undefined ? [] : [{ role: 'system', content: instructions }];
  for (const item of input) {
    if (item.type === undefined) messages.push({ role: item.role, content: item.content });
    else if (item.type === 'function_call_output') messages.push({ role: 'tool', content: item.output, tool_call_id: item.call_id });
    else if (item.type === 'function_call') addCall(messages, item);
  }
  return { model, messages, tools: (tools ?? []).map(({ name }) => ({ function: { name } })) };
}

function addCall(messages: MockMessage[], item: Extract<InputItem, { type: 'function_call' }>): void {
  const call = { id: item.call_id, function: { name: item.name, arguments: item.arguments } };
  const last = messages.at(-1);
  if (last?.role === 'assistant') messages[messages.length - 1] = { ...last, tool_calls: [...(last.tool_calls ?? []), call] };
  else messages.push({ role: 'assistant', content: null, tool_calls: [call] });
}
