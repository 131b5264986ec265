/** What memory_apply_patch asks for when its patch names blocks by headers. */
export type PatchOperation =
  | { readonly kind: 'add'; readonly label: string; readonly description: string; readonly value: string }
  | { readonly kind: 'delete'; readonly label: string }
  /** `moveTo`: the block's new label; `patch` may be empty then. */
  | { readonly kind: 'update'; readonly label: string; readonly moveTo: string | null; readonly patch: string };

const header = /^\*\*\* (Add Block|Delete Block|Update Block|Move to):\s*(.*?)\s*$/;
const frame = /^\*\*\* (Begin Patch|End Patch)\s*$/;

/** Whether a patch goes over several blocks. */
export function isMemoryPatch(patch: string): boolean {
  return patch.split('\n').some(line => header.test(line));
}

interface Section {
  readonly kind: PatchOperation['kind'];
  readonly label: string;
  moveTo: string | null;
  readonly lines: string[];
}

/** The operations in their order, or the text of what is wrong. */
export function parseMemoryPatch(patch: string): readonly PatchOperation[] | string {
  const sections: Section[] = [];
  for (const line of patch.replaceAll('\r\n', '\n').replace(/\n$/, '').split('\n')) {
    if (frame.test(line)) continue;
    const [, name, text] = header.exec(line) ?? [];
    const last = sections.at(-1);
    if (name === undefined) {
      if (last !== undefined) last.lines.push(line);
      else if (line.trim() !== '') return `Failed to apply patch: this line stands before the first header: ${line}`;
      continue;
    }
    const label = blockLabel(text ?? '');
    if (label === '') return `Failed to apply patch: the header names no block: ${line}`;
    if (name !== 'Move to') sections.push({ kind: kindOf(name), label, moveTo: null, lines: [] });
    else if (last?.kind === 'update') last.moveTo = label;
    else return `Failed to apply patch: "*** Move to:" has to follow an "*** Update Block:"`;
  }
  const operations = sections.map(toOperation);
  return operations.find(operation => typeof operation === 'string') ?? operations.filter(operation => typeof operation !== 'string');
}

/** V1 lets a block be named as a file of a folder. */
export function blockLabel(path: string): string {
  return path
    .trim()
    .replace(/^\/memories\//, '')
    .replace(/^\/+/, '');
}

function kindOf(name: string): PatchOperation['kind'] {
  return name === 'Add Block' ? 'add' : name === 'Delete Block' ? 'delete' : 'update';
}

function toOperation({ kind, label, moveTo, lines }: Section): PatchOperation | string {
  if (kind === 'update') return { kind, label, moveTo, patch: lines.join('\n') };
  if (kind === 'delete') {
    const stray = lines.find(line => line.trim() !== '');
    return stray === undefined ? { kind, label } : `Failed to apply patch: nothing may follow the header that deletes ${label}: ${stray}`;
  }
  const [first] = lines;
  const description = /^\+?Description:\s*(.*)$/.exec(first ?? '')?.[1];
  const content = (description === undefined ? lines : lines.slice(1)).filter(line => line !== '');
  const stray = content.find(line => !line.startsWith('+'));
  if (stray !== undefined) return `Failed to apply patch: the lines of a new block have to begin with +, and this one does not: ${stray}`;
  return { kind, label, description: description ?? '', value: content.map(line => line.slice(1)).join('\n') };
}
