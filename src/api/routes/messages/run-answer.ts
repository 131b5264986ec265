import type { RunEvent } from '../../../domain/runs/run-event.js';
import type { RunRecord } from '../../../repositories/run-list.repository.js';
import type { MessagePresentation } from '../../presenters/letta-message-types.js';
import { presentMessage } from '../../presenters/letta-messages.js';
import { presentUsage } from '../../presenters/run.js';
import { presentationOfRun } from './run-stream-request.js';

/** V1's LettaResponse: a run's messages and how it ended. Null while it has not ended. */
export function presentAnswer(events: readonly RunEvent[], presentation: MessagePresentation, types: readonly string[] | null) {
  const end = events.at(-1);
  if (end?.kind !== 'end') return null;
  const shown = events.flatMap(event => (event.kind === 'message' ? presentMessage(event.message, presentation) : []));
  return {
    messages: types === null ? shown : shown.filter(message => types.includes(message.message_type)),
    stop_reason: { message_type: 'stop_reason', stop_reason: end.payload.stopReason },
    usage: presentUsage(end.payload.usage),
    logprobs: null,
    turns: null,
  };
}

/** The same for somebody who learns of the run later, as its request wanted it. */
export function presentRunAnswer(run: RunRecord, events: readonly RunEvent[]) {
  return presentAnswer(events, presentationOfRun(run), run.requestConfig?.includeReturnMessageTypes ?? null);
}
