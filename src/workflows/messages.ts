import { defineQuery, defineSignal } from '@temporalio/workflow';
import type { StepActivity } from './step-activity.js';

export interface ConversationInput {
  readonly conversationId: string;
  readonly agentId: string;
}

export interface WakeMessage {
  /** A run whose row says that it is to stop. */
  readonly cancelRunId?: string;
  /** Of a run that has just been accepted: for people who look on. */
  readonly acceptNo?: number;
}

/** Tells a conversation to look at its rows. Carries nothing that is not there already. */
export const wakeSignal = defineSignal<[WakeMessage]>('wake');

/** Sent by a step to its conversation, for people who look on. */
export const stepActivitySignal = defineSignal<[StepActivity]>('stepActivity');

/** Tells a call that waits to look whether its event is there. */
export const eventArrivedSignal = defineSignal<[]>('eventArrived');

/** Tells the timer of a sleeping agent to look at the agent's row. */
export const sleepChangedSignal = defineSignal<[]>('sleepChanged');

/** The run that a conversation is executing, or null. */
export const heldRunQuery = defineQuery<string | null, []>('heldRun');
