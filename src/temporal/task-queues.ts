/** Workflows and activities share one queue: only then can the server hand an activity to the worker that asked for it, without a round trip. */
export const taskQueue = 'perdura';
