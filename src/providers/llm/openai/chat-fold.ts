import type { ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { WireFold } from '../wire-watch.js';

type Delta = ChatCompletionChunk.Choice.Delta;
type Json = Record<string, unknown>;

interface FoldedChoice {
  readonly index: number;
  readonly message: Json;
  finish_reason: string | null;
}

/** The chunks of one chat completion as the completion that they make up. */
export function createChatFold(): WireFold<ChatCompletionChunk> {
  let envelope: Json | null = null;
  const choices: FoldedChoice[] = [];
  return {
    add({ choices: pieces, ...rest }) {
      envelope = { ...envelope, ...rest, object: 'chat.completion' };
      for (const piece of pieces) {
        const choice = (choices[piece.index] ??= { index: piece.index, message: { role: 'assistant' }, finish_reason: null });
        addDelta(choice.message, piece.delta);
        choice.finish_reason = piece.finish_reason ?? choice.finish_reason;
      }
    },
    value: () => (envelope === null ? null : { ...envelope, choices: choices.filter(choice => choice !== undefined) }),
  };
}

/** Texts are continued, whatever they are called: compatible servers have some of their own. */
function addDelta(message: Json, { tool_calls: calls, ...rest }: Delta): void {
  for (const [name, value] of Object.entries(rest)) {
    const before = message[name];
    if (name !== 'role' && typeof before === 'string' && typeof value === 'string') message[name] = before + value;
    else if (value !== null && value !== undefined) message[name] = value;
  }
  for (const call of calls ?? []) addCall(message, call);
}

function addCall(message: Json, piece: NonNullable<Delta['tool_calls']>[number]): void {
  const calls = (message['tool_calls'] ??= []) as { id: string | undefined; type: string; function: { name: string; arguments: string } }[];
  // Some servers number no calls: what has no number continues the last one.
  const call = (calls[piece.index ?? Math.max(0, calls.length - 1)] ??= {
    id: piece.id,
    type: 'function',
    function: { name: '', arguments: '' },
  });
  call.function.name = piece.function?.name ?? call.function.name;
  call.function.arguments += piece.function?.arguments ?? '';
}
