import type { RunError } from '../../domain/agent-loop/loop-types.js';
import { wireSpan } from '../../domain/messages/wire-span.js';
import type { Message } from '../../domain/messages/message.js';
import type { RunEvent } from '../../domain/runs/run-event.js';
import { createLettaDeltaPresenter } from './letta-deltas.js';
import type { LettaMessage, MessagePresentation } from './letta-message-types.js';
import { presentMessage } from './letta-messages.js';
import { presentUsage } from './run.js';
import { commonFields, wireDate } from './wire-fields.js';

/** What goes out as one server-sent event. `seq` = the number up to which a client that has it has seen everything. */
export interface StreamItem {
  readonly seq: number;
  readonly isError: boolean;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface RunStreamOptions {
  readonly runId: string;
  readonly presentation: MessagePresentation;
  /** Pieces as they come, or whole messages after each step. */
  readonly mode: 'tokens' | 'steps';
  /** Null shows all. */
  readonly includeTypes: readonly string[] | null;
}

/** Turns a run's events, given in order from its first, into what a streaming client sees. */
export function createRunStreamPresenter(options: RunStreamOptions): (event: RunEvent) => readonly StreamItem[] {
  const deltas = createLettaDeltaPresenter(options.presentation);
  const shown = (items: readonly StreamItem[]): readonly StreamItem[] =>
    options.includeTypes === null ? items : items.filter(item => options.includeTypes?.includes(String(item.data['message_type'])));
  return event => {
    switch (event.kind) {
      case 'delta': {
        if (options.mode === 'steps') return [];
        const message = deltas.present({ ...event.payload, runId: options.runId, createdAt: event.createdAt, seqId: event.seq });
        return message === null ? [] : shown([toItem(message, event.seq)]);
      }
      case 'message':
        if ((event.streamed && options.mode === 'tokens') || isInput(event.message)) return [];
        return shown(presentWhole(event, options));
      case 'compaction':
        return options.presentation.includeCompactionMessages === true
          ? shown([toItem(presentCompaction(event, options.runId), event.seq)])
          : [];
      case 'attempt_voided':
        return [];
      case 'end':
        return presentEnd(event, options.runId);
    }
  };
}

/** What came from the client is not told it again. */
function isInput({ role }: Message): boolean {
  return role === 'user' || role === 'approval_response';
}

/** The event's own number is the last of those that it takes up. */
function presentWhole(event: Extract<RunEvent, { kind: 'message' }>, options: RunStreamOptions): StreamItem[] {
  const first = event.seq - Math.max(event.span, wireSpan(event.message)) + 1;
  return presentMessage(event.message, options.presentation).map((message, index) => {
    const seq = first + index;
    return toItem({ ...message, seq_id: seq, run_id: options.runId }, seq);
  });
}

function presentCompaction({ seq, createdAt, payload }: Extract<RunEvent, { kind: 'compaction' }>, runId: string): LettaMessage {
  const { trigger, contextTokens, contextWindow } = payload;
  return {
    ...commonFields(payload.id, wireDate(createdAt)),
    step_id: payload.stepId,
    seq_id: seq,
    run_id: runId,
    message_type: 'event_message',
    event_type: 'compaction',
    event_data: { trigger, context_token_estimate: contextTokens, context_window: contextWindow },
  };
}

function toItem(message: LettaMessage, seq: number): StreamItem {
  return { seq, isError: false, data: { ...message } };
}

/** V1's end: why it stopped, then what went wrong or what it took. */
function presentEnd({ seq, payload }: Extract<RunEvent, { kind: 'end' }>, runId: string): StreamItem[] {
  const stop = { seq, isError: false, data: { message_type: 'stop_reason', stop_reason: payload.stopReason } };
  if (payload.error !== null) {
    return [stop, errorItem(runId, seq, payload.error)];
  }
  if (payload.stopReason === 'cancelled') return [stop];
  return [stop, { seq, isError: false, data: { ...presentUsage(payload.usage) } }];
}

/** The end of a stream whose run was deleted while it was read. `seq` = the last number that the client has seen. */
export function presentIncomplete(runId: string, seq: number): StreamItem[] {
  const stop = { seq, isError: false, data: { message_type: 'stop_reason', stop_reason: 'error' } };
  return [
    stop,
    errorItem(runId, seq, { type: 'stream_incomplete', message: 'The stream ended before its run: the run was deleted.', detail: null }),
  ];
}

function errorItem(runId: string, seq: number, { type, message, detail }: Pick<RunError, 'type' | 'message' | 'detail'>): StreamItem {
  const data = { message_type: 'error_message', run_id: runId, error_type: type, message, detail: detail ?? '', seq_id: seq };
  return { seq, isError: true, data };
}
