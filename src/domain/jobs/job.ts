/** Long pieces of work that no run does; each kind is a workflow of the same name. */
export type JobKind = 'reembed' | 'purge' | 'deleteFiles';

export type JobStatus = 'created' | 'running' | 'completed' | 'failed' | 'cancelled';

export interface JobInput {
  readonly jobId: string;
}

/** How far a job is. */
export interface JobProgress {
  readonly done: number;
  readonly total: number;
  /** It has ended, one way or another. */
  readonly isOver: boolean;
}
