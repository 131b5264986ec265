/**
 * Workflows and their activities share one queue: only then can the server hand an activity to the worker that asked for it, without a round trip. Calls
 * of code that nobody trusts have another one (`domain/tools/tool-task-queue.ts`).
 */
export const taskQueue = 'perdura';
