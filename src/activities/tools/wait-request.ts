import { count, moment, optionalText, requiredText, ToolArgumentError } from './tool-arguments.js';
import type { ToolArguments } from './tool-arguments.js';

export interface WaitLimits {
  readonly longestSeconds: number;
  /** Of an event, where the model names no time. */
  readonly standardSeconds: number;
}

export interface WaitRequest {
  /** Null = nothing but the time is waited for. */
  readonly eventName: string | null;
  readonly until: Date;
}

/** What a call of one of the waiting tools asks for. Throws ToolArgumentError. */
export function readWait(toolName: string, args: ToolArguments, now: Date, timezone: string | null, limits: WaitLimits): WaitRequest {
  if (toolName === 'wait_for_event') {
    const seconds = secondsOf(args, 'timeout_seconds', limits) ?? Math.min(limits.standardSeconds, limits.longestSeconds);
    return { eventName: requiredText(args, 'name'), until: after(now, seconds) };
  }
  const time = moment(args, 'time', timezone, 'start');
  const seconds = secondsOf(args, 'duration_seconds', limits);
  if ((time === null) === (seconds === null)) throw new ToolArgumentError('Give either time or duration_seconds');
  const until = time ?? after(now, seconds ?? 0);
  if (until > after(now, limits.longestSeconds)) throw new ToolArgumentError(tooLong('time', limits));
  return { eventName: null, until };
}

function secondsOf(args: ToolArguments, name: string, limits: WaitLimits): number | null {
  if (optionalText(args, name) === null) return null;
  const seconds = count(args, name, 1, Number.MAX_SAFE_INTEGER);
  if (seconds > limits.longestSeconds) throw new ToolArgumentError(tooLong(name, limits));
  return seconds;
}

function tooLong(name: string, { longestSeconds }: WaitLimits): string {
  return `Invalid ${name}: the longest wait is ${longestSeconds} seconds`;
}

function after(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000);
}
