import { EventEmitter } from 'node:events';
import pg from 'pg';
import type { Database } from '../repositories/database.js';
import type { RunEventsRepository } from '../repositories/run-events.repository.js';
import { sweepRuns } from './run-sweep.js';

const channel = 'perdura_run_events';
const reconnectDelayMs = 500;
/** How long a wake-up waits for others, in ms; one that tells of an end does not. */
const gatherMs = 10;

/**
 * Woken when something was committed to a run's log. `ended` = the terminal event may be among it; `gone` = the run was deleted, and nothing will come
 * any more.
 */
export type RunListener = (news: 'more' | 'ended' | 'gone') => void;

export interface RunNotifier {
  /** Tells readers in every process, this one at once. Call it after the commit; a word that gets lost is made up for by the sweep. */
  announce(runId: string, ended: boolean): void;
  /** Tells readers in this process alone. */
  announceHere(runId: string): void;
  subscribe(runId: string, listener: RunListener): () => void;
  /** How many listeners there are in this process. */
  listenerCount(): number;
  /** Sends what is still to be told and closes the connection. */
  close(): Promise<void>;
}

export interface RunNotifierOptions {
  readonly databaseUrl: string;
  readonly database: Database;
  readonly repository: Pick<RunEventsRepository, 'readStates'>;
  readonly onError: (error: unknown) => void;
}

/**
 * Carries wake-ups over Postgres NOTIFY. Never inside the transaction that appends (that would serialise all commits of the server), and many
 * wake-ups in one statement when they come fast.
 */
export function createRunNotifier(options: RunNotifierOptions): RunNotifier {
  const local = new EventEmitter<Record<string, Parameters<RunListener>>>().setMaxListeners(0);
  const watched = (): string[] => local.eventNames().map(String);
  const pending = new Map<string, boolean>();
  let timer: NodeJS.Timeout | null = null;
  let sending: Promise<void> | null = null;
  const tell = (runId: string, ...news: Parameters<RunListener>): boolean => local.emit(runId, ...news);
  const sweep = sweepRuns({
    watched,
    tell,
    readStates: runIds => options.repository.readStates(runIds),
    onError: options.onError,
  });
  const listening = listen(options, { tell, watched });

  const send = async (): Promise<void> => {
    while (pending.size > 0) {
      const payloads = [...pending].map(([runId, ended]) => encode(runId, ended));
      pending.clear();
      await options.database
        .query('select pg_notify($1, payload) from unnest($2::text[]) as payload', [channel, payloads])
        .catch(options.onError);
    }
    sending = null;
  };
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    sending ??= send();
  };

  return {
    announce(runId, ended) {
      tell(runId, ended ? 'ended' : 'more');
      pending.set(runId, ended || pending.get(runId) === true);
      if (ended) flush();
      else timer ??= setTimeout(flush, gatherMs);
    },
    announceHere(runId) {
      tell(runId, 'more');
    },
    subscribe(runId, listener) {
      local.on(runId, listener);
      return () => local.off(runId, listener);
    },
    listenerCount: () => watched().reduce((sum, runId) => sum + local.listenerCount(runId), 0),
    async close() {
      flush();
      await sending;
      await sweep.close();
      await listening.close();
    },
  };
}

function encode(runId: string, ended: boolean): string {
  return ended ? `${runId}!` : runId;
}

function decode(payload: string): Parameters<Readers['tell']> {
  return payload.endsWith('!') ? [payload.slice(0, -1), 'ended'] : [payload, 'more'];
}

/** The readers in this process. */
interface Readers {
  readonly tell: (runId: string, ...news: Parameters<RunListener>) => void;
  readonly watched: () => readonly string[];
}

/** Keeps one connection listening for as long as it is wanted. After a gap every local reader is woken, for it may have missed its word. */
function listen(options: RunNotifierOptions, readers: Readers): { close(): Promise<void> } {
  let closed = false;
  let client: pg.Client | null = null;
  let timer: NodeJS.Timeout | null = null;
  let connecting: Promise<void> = Promise.resolve();

  const retry = (): void => {
    if (closed || timer !== null) return;
    timer = setTimeout(() => {
      timer = null;
      connecting = connect();
    }, reconnectDelayMs);
  };

  const connect = async (): Promise<void> => {
    const next = new pg.Client({ connectionString: options.databaseUrl, application_name: 'perdura-listen', keepAlive: true });
    next.on('error', error => {
      if (!closed) options.onError(error);
    });
    next.on('end', () => {
      if (client === next) client = null;
      retry();
    });
    next.on('notification', ({ payload }) => readers.tell(...decode(payload ?? '')));
    try {
      await next.connect();
      await next.query(`listen ${channel}`);
      client = next;
      for (const runId of readers.watched()) readers.tell(runId, 'ended');
    } catch (error) {
      if (!closed) options.onError(error);
      retry();
    }
  };

  connecting = connect();
  return {
    async close() {
      closed = true;
      if (timer !== null) clearTimeout(timer);
      await connecting;
      await client?.end();
    },
  };
}
