import { spawn } from 'node:child_process';

/** Does it while no other process of this machine does anything under the same lock. The lock goes with this process, however that ends. */
export async function underLock<Value>(file: string, searchPath: string, signal: AbortSignal, work: () => Promise<Value>): Promise<Value> {
  const holder = spawn('flock', ['--exclusive', file, 'sh', '-c', 'echo held; exec cat'], {
    env: { PATH: searchPath },
    cwd: '/',
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ended = new Promise<void>(resolve => {
    holder.once('error', () => resolve());
    holder.once('close', () => resolve());
  });
  holder.stdin.on('error', () => undefined);
  const give = (): void => {
    holder.stdin.end();
    holder.kill('SIGKILL');
  };
  signal.addEventListener('abort', give);
  try {
    const isHeld = await new Promise<boolean>(resolve => {
      holder.stdout.once('data', () => resolve(true));
      void ended.then(() => resolve(false));
    });
    signal.throwIfAborted();
    if (!isHeld) throw new Error(`the lock ${file} could not be taken: is the program flock there?`);
    return await work();
  } finally {
    signal.removeEventListener('abort', give);
    give();
    await ended;
  }
}
