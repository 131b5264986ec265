import type { CallAnswer } from '../messages/content.js';

/** A call that waits for the client: to be allowed, or, being the client's own tool, to be run by it. */
export interface AskedCall {
  /** Position among the calls of the response, from 0. */
  readonly index: number;
  readonly toolCallId: string;
  readonly toolName: string;
  readonly kind: 'approval' | 'client';
}

export type TimeoutPolicy = 'deny' | 'approve' | 'fail';
/** What a new message meets while an approval is pending. */
export type PendingPolicy = 'reject' | 'deny' | 'queue';

/** How an agent's approval requests are treated; stored in `agents.approval_settings`. */
export interface ApprovalSettings {
  /** Null waits for ever. */
  readonly deadlineSeconds: number | null;
  readonly onTimeout: TimeoutPolicy;
  readonly onMessage: PendingPolicy;
}

export type Answerer = 'client' | 'deadline' | 'cancel' | 'message';

/** The answers that a run carries out; stored in `runs.answer`. */
export interface RunAnswer {
  readonly answers: readonly CallAnswer[];
  readonly by: Answerer;
  /** Of the message that holds the answers; the client may have chosen it. */
  readonly otid: string;
}

export const denialReasons = {
  cancel: 'The user cancelled the request, so the tool call was denied.',
  deadline: 'Nobody answered the request in time, so the tool call was denied.',
  message: 'The user sent a new message instead of an answer, so the tool call was denied.',
} as const;

/** Providers repeat ids: calls that share one share their answer. */
export function distinctCalls(calls: readonly AskedCall[]): AskedCall[] {
  return calls.filter((call, index) => calls.findIndex(other => other.toolCallId === call.toolCallId) === index);
}

/** One denial for each call. A client's own tool has no other way to be told. */
export function denyAll(calls: readonly AskedCall[], reason: string): CallAnswer[] {
  return distinctCalls(calls).map(call => ({ type: 'approval', toolCallId: call.toolCallId, approve: false, reason }));
}

/** V1's words; its clients look for the second sentence. */
export const pendingApprovalText =
  'Cannot send a new message: The agent is waiting for approval on a tool call. Please approve or deny the pending request before continuing.';
