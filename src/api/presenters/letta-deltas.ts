import { assertNever } from '../../domain/assert-never.js';
import { approvalRequestId } from '../../domain/messages/approval-request-id.js';
import { maxOtidIndex, otidOf } from '../../domain/messages/otid.js';
import { feedMember, readMember } from '../../domain/messages/partial-json-string.js';
import type { MemberReader } from '../../domain/messages/partial-json-string.js';
import type { ModelDelta } from '../../domain/model/language-model.js';
import type { LettaMessage, LettaMessageFields, MessagePresentation } from './letta-message-types.js';
import { commonFields, wireDate } from './wire-fields.js';

/** A piece of a model's answer as a run's log holds it. */
export interface StoredDelta {
  readonly messageId: string;
  readonly partIndex: number;
  readonly delta: ModelDelta;
  readonly awaitsAnswer?: true;
  readonly runId: string;
  readonly stepId: string;
  /** ISO-8601, UTC. */
  readonly createdAt: string;
  readonly seqId: number;
}

export interface LettaDeltaPresenter {
  /** The wire message of a piece, or null when it adds nothing that this client sees. */
  present(stored: StoredDelta): LettaMessage | null;
}

interface CallState {
  /** Wire messages of this stored message's calls that come before the one of this call. */
  readonly offset: number;
  /** Set for a call that speaks: how far its arguments have been read. */
  readonly reader: MemberReader | null;
}

interface CallsOfMessage {
  readonly byIndex: Map<number, CallState>;
  last: CallState | null;
}

/**
 * Shows the pieces of a token stream. Where calls that speak are shown as what they say, it has to be given every piece of a message from its first
 * on, also those that a reconnecting client has seen already: their results are then dropped by the caller.
 */
export function createLettaDeltaPresenter(options: MessagePresentation): LettaDeltaPresenter {
  const messages = new Map<string, CallsOfMessage>();
  return {
    present: stored => {
      const { delta } = stored;
      if (delta.type !== 'tool_call') return presentPart(stored, delta, options);
      if (stored.awaitsAnswer === true) return presentRequestPiece(stored, delta);
      if (!options.useAssistantMessage) return presentCallPiece(stored, delta, 0);
      const calls = messages.get(stored.messageId) ?? { byIndex: new Map<number, CallState>(), last: null };
      messages.set(stored.messageId, calls);
      return presentCall(stored, delta, calls, options);
    },
  };
}

type CallDelta = Extract<ModelDelta, { type: 'tool_call' }>;

function presentCall(stored: StoredDelta, delta: CallDelta, calls: CallsOfMessage, options: MessagePresentation): LettaMessage | null {
  const call = calls.byIndex.get(delta.index) ?? openCall(calls.last, delta.name === options.assistantMessageToolName ? options : null);
  if (call.reader === null) {
    remember(calls, delta.index, call);
    return presentCallPiece(stored, delta, call.offset);
  }
  const { reader, text } = feedMember(call.reader, delta.argumentsDelta);
  remember(calls, delta.index, { ...call, reader });
  if (text === '') return null;
  return { ...fieldsOf(stored, call.offset), message_type: 'assistant_message', content: text };
}

/** Neighbouring calls that do not speak share a wire message. */
function openCall(last: CallState | null, speaks: MessagePresentation | null): CallState {
  const reader = speaks === null ? null : readMember(speaks.assistantMessageToolKwarg);
  if (last === null) return { offset: 0, reader };
  const joins = last.reader === null && reader === null;
  return { offset: joins ? last.offset : last.offset + 1, reader };
}

function remember(calls: CallsOfMessage, index: number, call: CallState): void {
  calls.byIndex.set(index, call);
  calls.last = call;
}

function presentCallPiece(stored: StoredDelta, delta: CallDelta, offset: number): LettaMessage {
  return { ...fieldsOf(stored, offset), message_type: 'tool_call_message', ...pieceOf(delta) };
}

function presentRequestPiece(stored: StoredDelta, delta: CallDelta): LettaMessage {
  const id = approvalRequestId(stored.messageId);
  return { ...fieldsOf(stored, 0), id, otid: id, message_type: 'approval_request_message', ...pieceOf(delta) };
}

function pieceOf(delta: CallDelta) {
  const piece = { name: delta.name, arguments: delta.argumentsDelta, tool_call_id: delta.id };
  return { tool_call: piece, tool_calls: piece };
}

function presentPart(stored: StoredDelta, delta: Exclude<ModelDelta, CallDelta>, options: MessagePresentation): LettaMessage | null {
  const fields = fieldsOf(stored, 0);
  switch (delta.type) {
    case 'text':
      if (delta.text === '') return null;
      return options.textIsAssistantMessage
        ? { ...fields, message_type: 'assistant_message', content: delta.text }
        : { ...fields, message_type: 'reasoning_message', source: 'non_reasoner_model', reasoning: delta.text, signature: null };
    case 'reasoning':
      if (delta.text === '') return null;
      return { ...fields, message_type: 'reasoning_message', source: 'reasoner_model', reasoning: delta.text, signature: null };
    case 'hidden_reasoning':
      return { ...fields, message_type: 'hidden_reasoning_message', state: delta.state, hidden_reasoning: delta.data };
    default:
      return assertNever(delta);
  }
}

function fieldsOf(stored: StoredDelta, offset: number): LettaMessageFields {
  return {
    ...commonFields(stored.messageId, wireDate(stored.createdAt)),
    otid: otidOf(stored.messageId, Math.min(stored.partIndex + offset, maxOtidIndex)),
    step_id: stored.stepId,
    seq_id: stored.seqId,
    run_id: stored.runId,
  };
}
