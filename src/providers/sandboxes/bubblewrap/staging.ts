import { mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isRoot } from './host-user.js';

/** Folders that the jail's user could not come to by itself, such as an interpreter below /root. */
export interface Staging {
  /** Begins a command that sees them in an open place, in mounts of its own. */
  readonly command: readonly string[];
  /** Where a path is found then. */
  at(path: string): string;
}

const script = 'set -e; while [ "$1" != -- ]; do mount --bind "$1" "$2"; shift 2; done; shift; exec "$@"';

/** `places`: a folder that everybody can enter. */
export async function stage(folders: readonly string[], places: string): Promise<Staging> {
  const closed: string[] = [];
  if (isRoot()) for (const folder of folders) if (!(await isOpen(folder))) closed.push(folder);
  if (closed.length === 0) return { command: [], at: path => path };
  const staged = closed.map((folder, index) => ({ folder, place: join(places, String(index)) }));
  for (const { place } of staged) await mkdir(place, { recursive: true, mode: 0o755 });
  return {
    command: ['unshare', '--mount', '--', 'sh', '-c', script, 'sh', ...staged.flatMap(({ folder, place }) => [folder, place]), '--'],
    at(path) {
      const found = staged.find(({ folder }) => path === folder || path.startsWith(`${folder}/`));
      return found === undefined ? path : found.place + path.slice(found.folder.length);
    },
  };
}

/** Whether somebody who is neither its owner nor in its group comes to it. */
async function isOpen(folder: string): Promise<boolean> {
  for (let path = folder; ; path = dirname(path)) {
    const { mode } = await stat(path);
    if ((mode & 0o001) === 0) return false;
    if (path === dirname(path)) return true;
  }
}
