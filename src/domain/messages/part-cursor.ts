import type { ModelDelta } from '../model/language-model.js';

/** Which of a stored message's wire messages the last piece of the stream belonged to. */
export interface PartCursor {
  readonly index: number;
  readonly kind: ModelDelta['type'] | 'none';
}

export const firstPart: PartCursor = { index: 0, kind: 'none' };

/** Whether the piece says nothing, so that it needs neither storing nor showing. */
export function isEmptyDelta(delta: ModelDelta): boolean {
  return (delta.type === 'text' || delta.type === 'reasoning') && delta.text === '';
}

/**
 * The part that a piece belongs to: a new one when the kind changes, and for each hidden reasoning. All tool calls are one part. The same rule
 * groups the parts of a stored message, so that streamed and listed otids agree. Empty pieces are to be left out.
 */
export function advancePart(cursor: PartCursor, delta: ModelDelta): PartCursor {
  if (cursor.kind === 'none') return { index: 0, kind: delta.type };
  const continues = cursor.kind === delta.type && delta.type !== 'hidden_reasoning';
  return continues ? cursor : { index: cursor.index + 1, kind: delta.type };
}
