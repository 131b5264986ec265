import type { MockReply, WireForm } from '../support/mock-reply.js';

/** An answer that is odd but no failure of the request, and what the agent makes of it. docs/design/errors.md shows this table. */
export interface OddAnswer {
  readonly name: string;
  readonly reply: MockReply;
  /** Null: all of them. */
  readonly forms: readonly WireForm[] | null;
  /** What the model is told of its call; null when there is none. */
  readonly toolReturn: RegExp | null;
  /** Requests that the provider sees. */
  readonly requests: number;
  readonly stopReason: string;
  /** Wire messages of the answer, by type. */
  readonly shown: readonly string[];
}

const calls = (args: string, id?: string | null): MockReply => ({
  toolCalls: [{ name: 'test_tool', args, ...(id === undefined ? {} : { id }) }],
});
const goesOn = {
  forms: null,
  requests: 2,
  stopReason: 'end_turn',
  shown: ['tool_call_message', 'tool_return_message', 'assistant_message'],
};
const notAnObject = /its arguments are not a JSON object/;
const stops = { forms: null, toolReturn: null, requests: 1 };

export const oddAnswers: readonly OddAnswer[] = [
  { name: 'arguments cut off in the middle', reply: calls('{"text": "hel'), toolReturn: notAnObject, ...goesOn },
  { name: 'arguments that are a list', reply: calls('["hello"]'), toolReturn: notAnObject, ...goesOn },
  { name: 'arguments that are a word', reply: calls('hello'), toolReturn: notAnObject, ...goesOn },
  { name: 'two objects in a row as arguments', reply: calls('{"text":"one"}{"text":"two"}'), toolReturn: /got one/, ...goesOn },
  { name: 'arguments encoded twice', reply: calls(JSON.stringify('{"text":"one"}')), toolReturn: /got one/, ...goesOn },
  { name: 'tool call without an id', reply: calls('{"text":"one"}', null), toolReturn: /got one/, ...goesOn },
  {
    name: 'tool that nobody has',
    reply: { toolCalls: [{ name: 'no_such_tool', args: {} }] },
    toolReturn: /Cannot call no_such_tool, valid tools include: /,
    ...goesOn,
  },
  {
    name: 'text that the output limit cut off',
    reply: { text: 'Half an ', finish: 'length' },
    ...stops,
    stopReason: 'max_tokens_exceeded',
    shown: ['assistant_message'],
  },
  {
    name: 'tool call that the output limit cut off',
    reply: { ...calls('{"text": "hel'), finish: 'length' },
    ...stops,
    stopReason: 'max_tokens_exceeded',
    shown: [],
  },
];
