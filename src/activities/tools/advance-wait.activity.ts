import type { AdvanceWaitInput, WaitState } from '../../domain/agent-loop/loop-types.js';
import { formatLocalIso } from '../../domain/time/format-local-time.js';
import { parseArguments } from '../../domain/tools/parse-arguments.js';
import type { ToolResult } from '../../domain/tools/tool-result.js';
import type { EventWaitsRepository, TakenEvent } from '../../repositories/event-waits.repository.js';
import type { ToolCallContext, ToolCallsRepository } from '../../repositories/tool-calls.repository.js';
import { withDatabaseFailures } from '../database-failure.js';
import { ToolArgumentError } from './tool-arguments.js';
import { outcomeOf } from './tool-call-outcome.js';
import { failure, toReturn } from './tool-return.js';
import { readWait } from './wait-request.js';
import type { WaitLimits, WaitRequest } from './wait-request.js';

export interface AdvanceWaitDeps {
  readonly toolCalls: Pick<ToolCallsRepository, 'begin' | 'finish'>;
  readonly eventWaits: Pick<EventWaitsRepository, 'open' | 'take'>;
  readonly waitLimits: WaitLimits;
}

export function createAdvanceWait({ toolCalls, eventWaits, waitLimits }: AdvanceWaitDeps) {
  /** Begins a call that waits, or ends it if what it waits for is there. The row keeps until when: a repeated execution waits no longer. */
  return function advanceWait(input: AdvanceWaitInput): Promise<WaitState> {
    return withDatabaseFailures(async () => {
      const begun = await toolCalls.begin(input);
      if (begun === null || begun.state === 'ended') return ended(input, begun?.status ?? 'cut_off', begun?.result ?? null);
      const { context } = begun;
      const finish = async (result: ToolResult): Promise<WaitState> => {
        const kept = await toolCalls.finish(context.id, toReturn(context, result));
        return ended(input, kept.status, kept.result);
      };
      const request = requestOf(context, waitLimits);
      if (typeof request === 'string') return finish(failure(request));
      const until = await eventWaits.open(context.id, request);
      const { eventName } = request;
      if (eventName !== null) {
        const taken = await eventWaits.take({ ...context, eventName }, event => toReturn(context, eventResult(event, context.timezone)));
        if (taken !== null) return ended(input, taken.status, taken.result);
      }
      const remainingMs = until.getTime() - Date.now();
      if (!input.isDue && remainingMs > 0) return { kind: 'waiting', remainingMs };
      return finish(eventName === null ? wokenResult(until, context.timezone) : timedOutResult(eventName));
    });
  };
}

function ended(input: AdvanceWaitInput, ...end: [Parameters<typeof outcomeOf>[1], Parameters<typeof outcomeOf>[2]]): WaitState {
  return { kind: 'ended', outcome: outcomeOf(input, ...end) };
}

function requestOf({ call, timezone }: ToolCallContext, limits: WaitLimits): WaitRequest | string {
  const parsed = parseArguments(call.arguments);
  if (parsed.isMalformed) return `Error executing function ${call.name}: its arguments are not a JSON object.`;
  try {
    return readWait(call.name, parsed.arguments, new Date(), timezone, limits);
  } catch (error) {
    if (error instanceof ToolArgumentError) return error.message;
    throw error;
  }
}

function eventResult({ name, payload, createdAt }: TakenEvent, timezone: string | null): ToolResult {
  return { status: 'success', value: { event: name, reported_at: formatLocalIso(createdAt, timezone), payload } };
}

function timedOutResult(eventName: string): ToolResult {
  return { status: 'success', value: { event: null, timed_out: true, message: `No event '${eventName}' has come in time.` } };
}

function wokenResult(until: Date, timezone: string | null): ToolResult {
  return { status: 'success', value: `You waited until ${formatLocalIso(until, timezone)}, which has passed now.` };
}
