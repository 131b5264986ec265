/** A file of an agent, as far as opening and closing go by it. */
export interface KeptFile {
  readonly fileId: string;
  readonly isOpen: boolean;
  /** In ms. */
  readonly lastAccessedAt: number;
}

export interface OpenPlan {
  readonly open: readonly string[];
  /** In the order in which they give way. */
  readonly close: readonly string[];
}

/** Opens files one after the other: each takes the place of the open file that was used longest ago, where there is no room. */
export function planOpening(files: readonly KeptFile[], toOpen: readonly string[], mostOpen: number): OpenPlan {
  let isOpen = files
    .filter(file => file.isOpen)
    .toSorted(byUse)
    .map(file => file.fileId);
  const close: string[] = [];
  for (const fileId of toOpen) {
    const others = isOpen.filter(id => id !== fileId);
    const evicted = others.slice(0, Math.max(0, others.length - mostOpen + 1));
    close.push(...evicted);
    isOpen = [...others.slice(evicted.length), fileId];
  }
  const open = [...new Set(toOpen)].filter(fileId => isOpen.includes(fileId));
  return { open, close: [...new Set(close)].filter(fileId => !isOpen.includes(fileId)) };
}

/** Files that an agent gets together: the first of them are open, as far as there is room, and what was open before keeps the rest of it, the last used first. */
export function planArrival(files: readonly KeptFile[], arriving: readonly string[], mostOpen: number): OpenPlan {
  const open = arriving.slice(0, mostOpen);
  const before = files.filter(file => file.isOpen && !arriving.includes(file.fileId)).toSorted(byUse);
  return { open, close: before.slice(0, Math.max(0, before.length - (mostOpen - open.length))).map(file => file.fileId) };
}

function byUse(a: KeptFile, b: KeptFile): number {
  return a.lastAccessedAt - b.lastAccessedAt || (a.fileId < b.fileId ? -1 : 1);
}
