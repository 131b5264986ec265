import { randomUUID } from 'node:crypto';
import type { ToolCall } from '../../domain/messages/content.js';
import type { ModelDelta } from '../../domain/model/language-model.js';
import type { StreamPiece } from './stream-piece.js';

export interface ToolCallAccumulator {
  add(piece: Extract<StreamPiece, { type: 'tool_call' }>): void;
  end(slot: number): void;
  /** Ends every call and returns all of them. */
  complete(): readonly ToolCall[];
  /** Only the calls whose arguments are a whole JSON object: running half of a call does harm. */
  parseable(): readonly ToolCall[];
}

interface OpenCall {
  readonly slot: number | null;
  id: string;
  name: string;
  arguments: string;
  /** Position among announced calls; -1 until the name is known. */
  index: number;
  ended: boolean;
}

/** The tool calls of one response, gathered from fragments; id and name are filled in on every delta. */
export function createToolCallAccumulator(onDelta: (delta: ModelDelta) => void): ToolCallAccumulator {
  const calls: OpenCall[] = [];
  let announced = 0;

  const emit = (call: OpenCall, argumentsDelta: string): void =>
    onDelta({ type: 'tool_call', index: call.index, id: call.id, name: call.name, argumentsDelta });

  const close = (call: OpenCall): void => {
    if (call.ended || call.index < 0) return;
    call.ended = true;
    // A call without parameters may stream no arguments at all.
    if (call.arguments.trim() !== '') return;
    call.arguments += '{}';
    emit(call, '{}');
  };

  const announce = (call: OpenCall): void => {
    if (call.id === '') call.id = `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`;
    call.index = announced;
    announced += 1;
    emit(call, call.arguments);
  };

  return {
    add(piece) {
      const call = findCall(calls, piece.slot, piece.id) ?? openCall(calls, piece.slot);
      if (call.id === '' && piece.id) call.id = piece.id;
      if (call.name === '' && piece.name) call.name = piece.name;
      call.arguments += piece.argumentsDelta;
      if (call.index >= 0) emit(call, piece.argumentsDelta);
      else if (call.name !== '') announce(call);
    },
    end(slot) {
      const call = calls.findLast(candidate => candidate.slot === slot);
      if (call) close(call);
    },
    complete() {
      calls.forEach(close);
      return calls.filter(call => call.index >= 0).map(toToolCall);
    },
    parseable: () => calls.filter(call => call.index >= 0 && isJsonObject(call.arguments)).map(toToolCall),
  };
}

function findCall(calls: readonly OpenCall[], slot: number | null, id: string | null): OpenCall | undefined {
  const same = slot === null ? calls.at(-1) : calls.findLast(call => call.slot === slot);
  // Some compatible servers number every call 0 and tell them apart by id only.
  const isAnother = same !== undefined && id !== null && id !== '' && same.id !== '' && same.id !== id;
  return isAnother ? undefined : same;
}

function openCall(calls: OpenCall[], slot: number | null): OpenCall {
  const call: OpenCall = { slot, id: '', name: '', arguments: '', index: -1, ended: false };
  calls.push(call);
  return call;
}

function toToolCall(call: OpenCall): ToolCall {
  return { id: call.id, name: call.name, arguments: call.arguments };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null;
  } catch {
    return false;
  }
}
