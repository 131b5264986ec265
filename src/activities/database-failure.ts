import { ApplicationFailure } from '@temporalio/activity';
import { TemporalFailure } from '@temporalio/common';
import { databaseAwayType } from '../domain/runs/failure-types.js';

/** SQLSTATE classes, socket errors and driver texts after which the same statement may succeed. */
const transientStates = /^(08|40|53|55P03|57P0[123]|57014)/;
const transientCodes = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'];
const transientTexts =
  /connection terminated|timeout exceeded when trying to connect|connection ended unexpectedly|client has encountered a connection error|not queryable/i;

/** Whether the database was away or busy, so that the caller should try again rather than report a failure. */
export function isTransientDatabaseError(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('errors' in error && Array.isArray(error.errors)) return error.errors.some(isTransientDatabaseError);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return transientStates.test(code) || transientCodes.includes(code) || transientTexts.test(error.message);
}

/** Tells the workflow whether to wait for the database or to give up: what fails for another reason fails again. */
export async function withDatabaseFailures<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TemporalFailure) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const cause = error instanceof Error ? { cause: error } : {};
    if (isTransientDatabaseError(error)) throw ApplicationFailure.create({ type: databaseAwayType, message, ...cause });
    throw ApplicationFailure.create({ type: 'InternalError', message, nonRetryable: true, ...cause });
  }
}

const pauseMs = 250;

/** Tries again for as long as the database is away: for what must not be forgotten, such as the result of a tool that has run. */
export async function untilDatabaseAnswers<Result>(signal: AbortSignal, work: () => Promise<Result>): Promise<Result> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (signal.aborted || !isTransientDatabaseError(error)) throw error;
      await new Promise(resolve => setTimeout(resolve, pauseMs));
    }
  }
}
