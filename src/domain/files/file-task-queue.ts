/** What reads files has a queue of its own: a worker takes a few of them at once, however many wait. */
export const fileTaskQueue = 'perdura-files';
