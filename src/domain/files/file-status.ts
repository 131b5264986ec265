/** How far the reading of a file is. Completed and error stay for ever. */
export type FileStatus = 'pending' | 'parsing' | 'embedding' | 'completed' | 'error';
