/** Calls of tools whose code nobody trusts have a queue of their own: who takes from it may live on another machine. */
export const toolTaskQueue = 'perdura-tools';
