import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { StdioConfig } from '../../domain/mcp/mcp-server.js';
import type { McpSdk } from './mcp-sdk.js';

export interface StdioOptions {
  readonly maxBytes: number;
  /** What programs get to see of this server's environment. */
  readonly environment: Readonly<Record<string, string>>;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** A process that does not end when its input does is killed after this, in ms. */
const graceMs = 1000;
/** Of what it says beside the protocol, in characters. */
const lastWords = 500;

/**
 * A server that is a program on this machine. It leads a process group of its own, so that it ends with all that it has started; of this server's
 * environment it sees what every program needs.
 */
export class StdioTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: (message: JSONRPCMessage) => void;

  private child: Child | null = null;
  private readonly buffer;
  private stderr = '';

  constructor(
    private readonly config: StdioConfig,
    private readonly sdk: McpSdk,
    private readonly options: StdioOptions,
  ) {
    this.buffer = new sdk.ReadBuffer({ maxBufferSize: options.maxBytes });
  }

  start(): Promise<void> {
    const { command, args, env } = this.config;
    const child = spawn(command, [...args], {
      env: { ...this.options.environment, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    this.child = child;
    child.stdin.on('error', () => undefined);
    child.stdout.on('data', (chunk: Buffer) => this.read(chunk));
    child.stderr.on('data', (chunk: Buffer) => (this.stderr = `${this.stderr}${chunk.toString()}`.slice(-lastWords)));
    child.on('close', () => {
      this.child = null;
      this.onclose?.();
    });
    return new Promise((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  }

  /** What the program has said last, for whoever wonders why it ended. */
  get said(): string {
    return this.stderr.trim();
  }

  send(message: JSONRPCMessage): Promise<void> {
    const { child } = this;
    if (child === null || !child.stdin.writable) return Promise.reject(new Error('Not connected'));
    return new Promise((resolve, reject) => {
      child.stdin.write(this.sdk.serializeMessage(message), error => (error == null ? resolve() : reject(error)));
    });
  }

  async close(): Promise<void> {
    const { child } = this;
    if (child === null) return;
    const ended =
      child.exitCode === null && child.signalCode === null ? new Promise<void>(resolve => child.once('exit', () => resolve())) : null;
    child.stdin.end();
    const timer = setTimeout(() => killGroup(child), graceMs);
    await ended;
    clearTimeout(timer);
    // Its children may have stayed behind, and one that has left the group may hold its pipes for ever.
    killGroup(child);
    for (const pipe of [child.stdin, child.stdout, child.stderr]) pipe.destroy();
  }

  private read(chunk: Buffer): void {
    try {
      this.buffer.append(chunk);
    } catch (error) {
      this.onerror?.(error as Error);
      if (this.child !== null) killGroup(this.child);
      return;
    }
    for (;;) {
      try {
        const message = this.buffer.readMessage();
        if (message === null) return;
        this.onmessage?.(message);
      } catch (error) {
        // A line that is no message: programs print all kinds of things.
        this.onerror?.(error as Error);
      }
    }
  }
}

function killGroup({ pid }: Child): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group is gone.
  }
}
