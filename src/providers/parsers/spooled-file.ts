import { randomUUID } from 'node:crypto';
import { mkdir, open, rm } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';

/** The bytes as a file that can be read at any place, for whoever closes it. It has no name any more, so that nothing is left of it whatever ends. */
export async function spooledFile(folder: string, bytes: AsyncIterable<Uint8Array>): Promise<FileHandle> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, randomUUID());
  const file = await open(path, 'wx+', 0o600);
  try {
    await rm(path);
    for await (const piece of bytes) await file.writeFile(piece);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}
