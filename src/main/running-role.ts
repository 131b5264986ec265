export interface RunningRole {
  stop(): Promise<void>;
  /** Rejects when the role cannot go on by itself. */
  readonly stopped: Promise<void>;
}
