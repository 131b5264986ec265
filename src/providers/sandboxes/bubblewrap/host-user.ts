/**
 * Who a jail's processes are on the host. Started by root they would be root there, whom the kernel lets have any number of processes; so each jail
 * gets a user of its own, from numbers that systems leave to such uses.
 */
const firstId = 61_184;
const ids = 4000;

const taken = new Set<number>();

export interface HostUser {
  /** Becomes that user, before anything else is started. */
  readonly command: readonly string[];
  release(): void;
}

export function takeHostUser(): HostUser {
  if (!isRoot()) return { command: [], release: () => undefined };
  let id = firstId;
  while (taken.has(id)) id += 1;
  if (id >= firstId + ids) throw new Error(`more than ${ids} sandboxes run at once`);
  taken.add(id);
  const flags = ['--reuid', String(id), '--regid', String(id), '--clear-groups', '--'];
  return { command: ['setpriv', ...flags], release: () => taken.delete(id) };
}

export function isRoot(): boolean {
  return process.getuid?.() === 0;
}
