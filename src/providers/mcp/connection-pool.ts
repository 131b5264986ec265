import type { McpConnection } from './mcp-connection.js';

export interface PoolOptions {
  readonly maxConnections: number;
  readonly idleMs: number;
}

/** A connection for a while. */
export interface Lease {
  readonly connection: McpConnection;
  /** Whether somebody has used it before. */
  readonly isReused: boolean;
  release(): void;
  /** Nobody is to use it any more. */
  discard(): void;
}

interface Entry {
  readonly opening: Promise<McpConnection>;
  users: number;
  idleTimer: NodeJS.Timeout | null;
}

/** Keeps connections for the next call. Several calls share one; what is beyond the bound is opened for one call and closed after it. */
export class ConnectionPool {
  /** The one that was used least recently stands first. */
  private readonly entries = new Map<string, Entry>();
  private readonly closing = new Set<Promise<void>>();

  constructor(private readonly options: PoolOptions) {}

  /** Rejects as `open` does, and with the signal's reason when nobody waits any more: others may. */
  async lease(key: string, open: () => Promise<McpConnection>, signal: AbortSignal): Promise<Lease> {
    const known = this.entries.get(key);
    const entry = known ?? { opening: open(), users: 0, idleTimer: null };
    if (known === undefined && this.makeRoom()) this.entries.set(key, entry);
    entry.users += 1;
    stopTimer(entry);
    let isOut = true;
    const release = (): void => {
      if (isOut) this.endUse(key, entry);
      isOut = false;
    };
    const discard = (): void => {
      this.drop(key, entry);
      release();
    };
    try {
      return { connection: await orAborted(entry.opening, signal), isReused: known !== undefined, release, discard };
    } catch (error) {
      if (signal.aborted) release();
      else discard();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const [key, entry] of this.entries) this.dropAndClose(key, entry);
    await Promise.all(this.closing);
  }

  /** The last one leaves the connection to the idle timer, or closes it when nobody is to use it any more. */
  private endUse(key: string, entry: Entry): void {
    entry.users -= 1;
    if (entry.users > 0) return;
    if (this.entries.get(key) !== entry) {
      this.closeEntry(entry);
      return;
    }
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.idleTimer = setTimeout(() => this.dropAndClose(key, entry), this.options.idleMs);
    entry.idleTimer.unref();
  }

  private makeRoom(): boolean {
    if (this.entries.size < this.options.maxConnections) return true;
    const idle = [...this.entries].find(([, entry]) => entry.users === 0);
    if (idle === undefined) return false;
    this.dropAndClose(...idle);
    return true;
  }

  private dropAndClose(key: string, entry: Entry): void {
    this.drop(key, entry);
    this.closeEntry(entry);
  }

  private drop(key: string, entry: Entry): void {
    if (this.entries.get(key) === entry) this.entries.delete(key);
    stopTimer(entry);
  }

  private closeEntry({ opening }: Entry): void {
    // One that never opened needs no closing: its user was told.
    const closed = opening.then(connection => connection.close()).catch(() => undefined);
    this.closing.add(closed);
    void closed.finally(() => this.closing.delete(closed));
  }
}

function stopTimer(entry: Entry): void {
  if (entry.idleTimer !== null) clearTimeout(entry.idleTimer);
  entry.idleTimer = null;
}

function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
