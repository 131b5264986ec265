import { log } from '@temporalio/activity';
import { isTransientDatabaseError } from '../repositories/transient-database-error.js';

/** One of many things that reconcile looks after: what is wrong with it keeps the others from nothing, and is tried again at the next tick. */
export async function attempt(what: string, id: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isTransientDatabaseError(error)) throw error;
    log.warn(`reconcile could not look after ${what}`, { id, error });
  }
}
