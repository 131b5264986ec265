import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { ParserKilled, UnreadableDocument } from '../../domain/files/document-parser.js';
import { diesWithParent } from '../processes/dies-with-parent.js';
import type { ParserMessage, ProcessParser } from './process/parser-message.js';

export interface ParserProcessOptions {
  /** What Node is told to run: flags and the script. */
  readonly command: readonly string[];
  readonly memoryBytes: number;
  /** How long it may go without a sign of life. */
  readonly stallMs: number;
}

/** How often the memory of the process is looked at. */
const memoryPollMs = 100;
/** A message is short; what is longer comes from something that is no parser any more. */
const longestMessage = 1024 * 1024;

/**
 * The text of a document by a parser in a process of its own, which knows nothing of this one's environment. It is killed when it takes too much memory, when it
 * stands still, when the signal aborts and when nobody reads on. A Ctrl-C that means this server does not reach it: the server decides then.
 */
export async function* parseInProcess(
  parser: ProcessParser,
  file: FileHandle,
  options: ParserProcessOptions,
  signal: AbortSignal,
  /** What the parser has to know beside the document. */
  more: readonly string[] = [],
): AsyncGenerator<string> {
  signal.throwIfAborted();
  const heap = `--max-old-space-size=${Math.ceil(options.memoryBytes / 1024 / 1024)}`;
  const [program = process.execPath, ...args] = [...diesWithParent(), process.execPath, heap, ...options.command, parser, ...more];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe', file.fd], env: {}, detached: true });
  const guard = guardProcess(child, options, signal);
  try {
    for await (const message of messagesOf(child)) {
      guard.heard();
      if ('done' in message) return;
      if ('unreadable' in message) throw new UnreadableDocument(message.unreadable);
      yield message.text;
    }
    throw await guard.endReason();
  } finally {
    guard.stop();
    await guard.ended;
  }
}

async function* messagesOf(child: ChildProcess): AsyncGenerator<ParserMessage> {
  let rest = '';
  child.stdout?.setEncoding('utf8');
  for await (const piece of child.stdout ?? []) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > longestMessage) return;
    for (const line of lines) yield JSON.parse(line) as ParserMessage;
  }
}

/** What no document makes its parser end with. */
const fromOutside: ReadonlySet<NodeJS.Signals> = new Set(['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGKILL']);

/** Kills the process when it has to go, and knows why. */
function guardProcess(child: ChildProcess, { memoryBytes, stallMs }: ParserProcessOptions, signal: AbortSignal) {
  let reason: Error | null = null;
  let complaint = '';
  const kill = (why: Error | null): void => {
    reason ??= why;
    child.kill('SIGKILL');
  };
  const abort = (): void => kill(signal.reason instanceof Error ? signal.reason : new Error('The reading of the file was called off'));
  const stalled = (): void => kill(new UnreadableDocument(`Reading the file came no further within ${stallMs / 1000} seconds.`));
  let stallTimer = setTimeout(stalled, stallMs);
  const memoryTimer = setInterval(() => {
    if (residentBytes(child.pid) > memoryBytes) kill(outOfMemory(memoryBytes));
  }, memoryPollMs);
  signal.addEventListener('abort', abort, { once: true });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-4000)));
  const ended = new Promise<void>(resolve => {
    child.once('close', () => resolve());
    child.once('error', error => {
      reason ??= error;
      resolve();
    });
  });
  return {
    ended,
    heard(): void {
      clearTimeout(stallTimer);
      stallTimer = setTimeout(stalled, stallMs);
    },
    async endReason(): Promise<Error> {
      await ended;
      if (reason !== null) return reason;
      if (/heap out of memory|Array buffer allocation failed/.test(complaint)) return outOfMemory(memoryBytes);
      if (child.signalCode !== null && fromOutside.has(child.signalCode)) return new ParserKilled(child.signalCode);
      return new UnreadableDocument(`The file made its parser fail${lastLine(complaint)}`);
    },
    stop(): void {
      clearTimeout(stallTimer);
      clearInterval(memoryTimer);
      signal.removeEventListener('abort', abort);
      child.kill('SIGKILL');
    },
  };
}

function outOfMemory(memoryBytes: number): UnreadableDocument {
  return new UnreadableDocument(`Reading the file takes more than ${Math.round(memoryBytes / 1024 / 1024)} MB of memory.`);
}

/** What Node says of an error, without paths of this machine. */
function lastLine(complaint: string): string {
  const line = /^\w*Error.*$/m.exec(complaint)?.[0];
  return line === undefined ? '.' : `: ${line.slice(0, 300)}`;
}

/** 0 where the system does not tell: there the limit of the heap has to do. */
function residentBytes(pid: number | undefined): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes ?? 0) * 1024;
  } catch {
    return 0;
  }
}
