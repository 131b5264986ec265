import { defineQuery, defineSignal } from '@temporalio/workflow';

export interface ConversationInput {
  readonly conversationId: string;
  readonly agentId: string;
}

export interface WakeMessage {
  /** A run whose row says that it is to stop. */
  readonly cancelRunId?: string;
}

/** Tells a conversation to look at its rows. Carries nothing that is not there already. */
export const wakeSignal = defineSignal<[WakeMessage]>('wake');

/** The run that a conversation is executing, or null. */
export const heldRunQuery = defineQuery<string | null, []>('heldRun');
