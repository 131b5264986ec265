import type { ModelDelta, ModelResponse } from '../model/language-model.js';
import { mergeArguments } from '../tools/merge-arguments.js';
import type { PrefilledArguments } from './prefilled-arguments.js';

/** What is made of a response's calls before it is kept and shown. */
export interface CallShape {
  /** False: only the first call counts. */
  readonly parallel: boolean;
  readonly prefilled: ReadonlyMap<string, PrefilledArguments>;
}

/** Whether a piece may be shown as it comes: not of a call that is dropped, nor of one whose arguments are still to be completed. */
export function isShownAtOnce(delta: ModelDelta, { parallel, prefilled }: CallShape): boolean {
  return delta.type !== 'tool_call' || ((parallel || delta.index === 0) && !prefilled.has(delta.name));
}

/** The response as it is kept: the calls that count, with the arguments that rules prescribe. */
export function shapeCalls(response: ModelResponse, { parallel, prefilled }: CallShape): ModelResponse {
  const calls = parallel ? response.toolCalls : response.toolCalls.slice(0, 1);
  const toolCalls = calls.map(call => {
    const prescribed = prefilled.get(call.name);
    return prescribed === undefined ? call : { ...call, arguments: mergeArguments(call.arguments, prescribed.args) };
  });
  return { ...response, toolCalls };
}

/** The pieces that were held back, whole: what has been shown and they make up the response as it is kept. */
export function heldBackDeltas(shaped: ModelResponse, { prefilled }: CallShape): readonly ModelDelta[] {
  return shaped.toolCalls.flatMap((call, index): ModelDelta[] =>
    prefilled.has(call.name) ? [{ type: 'tool_call', index, id: call.id, name: call.name, argumentsDelta: call.arguments }] : [],
  );
}
