import { randomInt } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';

/** An argument of `sleep` that no other test has. */
export const newWord = (): string => `100000.${randomInt(1_000_000_000)}`;

/** Processes of this machine that were started with this word. */
export async function withWord(word: string): Promise<number> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(async pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter(line => line.includes(word)).length;
}
