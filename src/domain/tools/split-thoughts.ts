import { feedMember, readMember } from '../messages/partial-json-string.js';
import type { MemberReader } from '../messages/partial-json-string.js';
import type { ModelDelta } from '../model/language-model.js';

/** How far each call's arguments have been read, by the call's index. */
export type ThoughtsState = ReadonlyMap<number, CallThoughts>;

interface CallThoughts {
  readonly reader: MemberReader;
  /** Arguments that wait: a call is shown only once its thoughts, which come first, have been said. */
  readonly held: string;
}

export const noThoughtsYet: ThoughtsState = new Map();

/**
 * Turns the `thinking` argument of streamed tool calls into text, for agents whose thoughts are asked for as an argument. Where it is the first
 * argument, the pieces come out in the order in which the stored message shows its parts.
 */
export function splitThoughts(
  state: ThoughtsState,
  delta: ModelDelta,
): { readonly state: ThoughtsState; readonly deltas: readonly ModelDelta[] } {
  if (delta.type !== 'tool_call') return { state, deltas: [delta] };
  const call = state.get(delta.index) ?? { reader: readMember('thinking'), held: '' };
  const { reader, text, rest } = feedMember(call.reader, delta.argumentsDelta);
  const isOpen = reader.hasRest || reader.place === 'passthrough';
  const argumentsDelta = call.held + rest;
  const deltas: ModelDelta[] = [];
  if (text !== '') deltas.push({ type: 'text', text });
  if (isOpen && argumentsDelta !== '') deltas.push({ ...delta, argumentsDelta });
  return { state: new Map(state).set(delta.index, { reader, held: isOpen ? '' : argumentsDelta }), deltas };
}
