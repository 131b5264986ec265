import type { CallAnswer } from '../messages/content.js';
import type { AskedCall } from './approval-request.js';

export type CheckedAnswers =
  { readonly kind: 'ok'; readonly answers: readonly CallAnswer[] } | { readonly kind: 'wrong'; readonly message: string };

/**
 * Whether answers fit a request: one for each of its calls and none besides. An answer of the old form names the request instead of a call; it
 * stands for the only call there is. The texts are V1's.
 */
export function checkAnswers(
  request: { readonly id: string; readonly calls: readonly AskedCall[] },
  given: readonly CallAnswer[],
): CheckedAnswers {
  const [only] = request.calls;
  const answers =
    only !== undefined && request.calls.length === 1
      ? given.map(answer => (answer.toolCallId === request.id ? { ...answer, toolCallId: only.toolCallId } : answer))
      : given;
  const expected = distinct(request.calls.map(call => call.toolCallId));
  const received = distinct(answers.map(answer => answer.toolCallId));
  if (expected.length !== received.length || expected.some(id => !received.includes(id))) {
    return { kind: 'wrong', message: `Invalid tool call IDs. Expected '${listed(expected)}', but received '${listed(received)}'.` };
  }
  if (received.length !== answers.length) return { kind: 'wrong', message: 'A tool call has more than one answer.' };
  return { kind: 'ok', answers };
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}

function listed(ids: readonly string[]): string {
  return `[${ids.map(id => `'${id}'`).join(', ')}]`;
}
