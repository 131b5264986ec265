import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './process-files.js';
import { StartupError } from './startup-error.js';

const keyLength = 32;

/**
 * The keys that secrets are sealed with, the sealing one first: those of the setting, then the data folder's own, which is made where there is no other.
 * One that was made before the setting came stays good for reading.
 */
export function secretKeys(dataDir: string, configured: readonly Uint8Array[]): readonly [Uint8Array, ...Uint8Array[]] {
  const path = join(dataDir, 'secret-key');
  const [first, ...others] = configured;
  try {
    if (first === undefined) return [existsSync(path) ? readKey(path) : makeKey(dataDir, path)];
    return [first, ...others, ...(existsSync(path) ? [readKey(path)] : [])];
  } catch (error) {
    if (error instanceof StartupError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartupError(`The key of secrets ${path} cannot be read or made (${reason}). Mend that, or set PERDURA_ENCRYPTION_KEY.`);
  }
}

/** Whole or not at all: of two processes that start together one makes it, and both read it. */
function makeKey(dataDir: string, path: string): Uint8Array {
  makeFolder(dataDir);
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  try {
    writeDurably(draft, `${randomBytes(keyLength).toString('base64')}\n`);
    linkSync(draft, path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  } finally {
    rmSync(draft, { force: true });
  }
  return readKey(path);
}

/** A key that a power cut takes away takes all secrets with it. */
function writeDurably(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function readKey(path: string): Uint8Array {
  const key = Buffer.from(readFileSync(path, 'utf8').trim(), 'base64');
  if (key.length === keyLength) return key;
  throw new StartupError(`The key of secrets ${path} is not ${keyLength} bytes as base64: bring back the file as it was.`);
}
