import { ApplicationFailure } from '@temporalio/activity';
import { ServiceError } from '@temporalio/client';
import { TemporalFailure } from '@temporalio/common';
import { serviceAwayType } from '../domain/runs/failure-types.js';
import { isTransientDatabaseError } from '../repositories/transient-database-error.js';

/** Tells the workflow whether to wait for the database, or for Temporal, or to give up: what fails for another reason fails again. */
export async function withDatabaseFailures<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof TemporalFailure) throw error;
    const message = error instanceof Error ? error.message : String(error);
    const cause = error instanceof Error ? { cause: error } : {};
    if (isServiceAway(error)) throw ApplicationFailure.create({ type: serviceAwayType, message, ...cause });
    throw ApplicationFailure.create({ type: 'InternalError', message, nonRetryable: true, ...cause });
  }
}

/** The database or Temporal does not answer: the same thing may go well later. */
export function isServiceAway(error: unknown): boolean {
  return isTransientDatabaseError(error) || error instanceof ServiceError;
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
