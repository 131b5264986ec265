import { isCancellation } from '@temporalio/workflow';

/** Does one after the other. One that fails keeps none of the others from being done; the first failure is told at the end. */
export async function eachByItself(parts: readonly (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const part of parts) {
    try {
      await part();
    } catch (error) {
      if (isCancellation(error)) throw error;
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}
