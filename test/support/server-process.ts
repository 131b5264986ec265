import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { packageFile } from '../../src/config/version.js';

/** `npm start` and its kin as an operator runs them. */
export interface ServerProcess {
  readonly child: ChildProcess;
  output(): string;
  /** Resolves when the text has been printed; rejects when the process ends before. */
  printed(pattern: RegExp, timeoutMs?: number): Promise<void>;
  /** Resolves with the exit code, or null after a signal. */
  readonly exited: Promise<number | null>;
}

export function startServer(role: string, environment: Readonly<Record<string, string>>, target: 'start' | 'dev' = 'start'): ServerProcess {
  const env = { ...process.env, PERDURA_TEMPORAL_UI_PORT: '0', PERDURA_TEMPORAL_PORT: '0', PERDURA_POSTGRES_PORT: '0', ...environment };
  const child = spawn(process.execPath, [packageFile('scripts/bootstrap.mjs'), target, role], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const watchers = new Set<() => void>();
  const keep = (chunk: Buffer): void => {
    output += chunk.toString();
    for (const watch of watchers) watch();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  let hasExited = false;
  const exited = new Promise<number | null>(resolve => {
    child.once('exit', code => {
      hasExited = true;
      for (const watch of watchers) watch();
      resolve(code);
    });
  });
  return {
    child,
    output: () => output,
    exited,
    printed: (pattern, timeoutMs = 120_000) =>
      new Promise((resolve, reject) => {
        const finish = (error: Error | null): void => {
          clearTimeout(timer);
          watchers.delete(watch);
          if (error === null) resolve();
          else reject(error);
        };
        const watch = (): void => {
          if (pattern.test(output)) finish(null);
          else if (hasExited) finish(new Error(`The process ended before it printed ${String(pattern)}: ${output}`));
        };
        const timer = setTimeout(() => finish(new Error(`${String(pattern)} was not printed: ${output}`)), timeoutMs);
        watchers.add(watch);
        watch();
      }),
  };
}
