import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStorage } from '../../domain/files/object-storage.js';
import { hashedBytes } from './hashed-bytes.js';
import { assertObjectKey } from './object-key.js';

/** Objects as files below a folder of this machine. They are written beside their place and renamed, once the disk has them. */
export function createLocalObjectStorage(folder: string): ObjectStorage {
  const pathOf = (key: string): string => {
    assertObjectKey(key);
    return join(folder, 'objects', key);
  };
  const beside = join(folder, 'unfinished');
  /** Begins the names of what is being written under a key, by which is found what a crash has left of it. */
  const unfinishedName = (key: string): string => `${createHash('sha256').update(key).digest('hex')}@`;
  return {
    async put(key, bytes, signal) {
      const path = pathOf(key);
      const unfinished = join(beside, `${unfinishedName(key)}${randomUUID()}`);
      const { bytes: measured, seen } = hashedBytes(bytes, signal);
      await mkdir(beside, { recursive: true, mode: 0o700 });
      try {
        await writeDurably(unfinished, measured);
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await rename(unfinished, path);
        await syncFolder(dirname(path));
      } catch (error) {
        await rm(unfinished, { force: true });
        throw error;
      }
      return seen();
    },

    async get(key, signal) {
      const file = await open(pathOf(key), 'r').catch(absent);
      return file === null ? undefined : file.createReadStream(signal === undefined ? {} : { signal });
    },

    async delete(key) {
      await rm(pathOf(key), { force: true });
      const left = ((await readdir(beside).catch(absent)) ?? []).filter(name => name.startsWith(unfinishedName(key)));
      for (const name of left) await rm(join(beside, name), { force: true });
    },
  };
}

async function writeDurably(path: string, bytes: AsyncIterable<Uint8Array>): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    for await (const piece of bytes) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Without it a machine that stops may forget the name. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function absent(error: unknown): null {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
  throw error;
}
