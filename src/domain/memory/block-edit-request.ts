import type { BlockEdit } from './editable-block.js';

export const blockEditTools = ['core_memory_append', 'core_memory_replace', 'memory_replace', 'memory_insert', 'memory_rethink'] as const;

export type BlockEditTool = (typeof blockEditTools)[number];

/** The edit that a call of a memory tool asks for, or the names of the arguments that it lacks. */
export function readBlockEdit(
  kind: BlockEditTool,
  args: Readonly<Record<string, unknown>>,
): { readonly kind: 'edit'; readonly edit: BlockEdit } | { readonly kind: 'missing'; readonly names: readonly string[] } {
  const missing: string[] = [];
  const text = (name: string): string => {
    const value = args[name];
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    missing.push(name);
    return '';
  };
  const edit = build(kind, text, args);
  return missing.length > 0 ? { kind: 'missing', names: missing } : { kind: 'edit', edit };
}

function build(kind: BlockEditTool, text: (name: string) => string, args: Readonly<Record<string, unknown>>): BlockEdit {
  const label = text('label');
  switch (kind) {
    case 'core_memory_append':
      return { kind, label, content: text('content') };
    case 'core_memory_replace':
      return { kind, label, oldContent: text('old_content'), newContent: text('new_content') };
    case 'memory_replace':
      return { kind, label, oldString: text('old_string'), newString: text('new_string') };
    case 'memory_insert':
      return { kind, label, newString: text('new_string'), insertLine: lineOf(args['insert_line']) };
    case 'memory_rethink':
      return { kind, label, newMemory: text('new_memory') };
  }
}

/** Models write the number as a text now and then. */
function lineOf(value: unknown): number {
  if (value === undefined || value === null) return -1;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : typeof value === 'number' ? value : Number.NaN;
}
