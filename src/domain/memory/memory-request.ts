import type { BlockEdit } from './editable-block.js';
import { isMemoryPatch, parseMemoryPatch } from './memory-patch.js';
import type { PatchOperation } from './memory-patch.js';

export const memoryEditTools = [
  'core_memory_append',
  'core_memory_replace',
  'memory_replace',
  'memory_insert',
  'memory_rethink',
  'memory_apply_patch',
  'memory',
] as const;

export type MemoryEditTool = (typeof memoryEditTools)[number];

/** What a call of a memory tool asks for. Paths are as the model wrote them. */
export type MemoryRequest =
  | { readonly kind: 'edit'; readonly edit: BlockEdit }
  /** The edit's label is a path. */
  | { readonly kind: 'edit_at_path'; readonly edit: BlockEdit }
  | { readonly kind: 'create'; readonly path: string; readonly description: string; readonly value: string }
  | { readonly kind: 'delete'; readonly path: string }
  | { readonly kind: 'rename'; readonly path: string; readonly newPath: string }
  | { readonly kind: 'describe'; readonly path: string; readonly description: string }
  | { readonly kind: 'patch'; readonly operations: readonly PatchOperation[] };

type Arguments = Readonly<Record<string, unknown>>;

/** The request, or the text of what is wrong with the arguments. */
export function readMemoryRequest(tool: MemoryEditTool, args: Arguments): MemoryRequest | string {
  if (tool === 'memory') return readCommand(args);
  const missing: string[] = [];
  const text = (name: string): string => {
    const value = textOf(args[name]);
    if (value === null) missing.push(name);
    return value ?? '';
  };
  const request = readEdit(tool, text, args);
  return missing.length > 0 ? `Missing required argument: ${missing.join(', ')}` : request;
}

function readEdit(tool: Exclude<MemoryEditTool, 'memory'>, text: (name: string) => string, args: Arguments): MemoryRequest | string {
  if (tool === 'memory_apply_patch') {
    const patch = text('patch');
    if (!isMemoryPatch(patch)) return { kind: 'edit', edit: { kind: tool, label: text('label'), patch } };
    const operations = parseMemoryPatch(patch);
    return typeof operations === 'string' ? operations : { kind: 'patch', operations };
  }
  const label = text('label');
  switch (tool) {
    case 'core_memory_append':
      return { kind: 'edit', edit: { kind: tool, label, content: text('content') } };
    case 'core_memory_replace':
      return { kind: 'edit', edit: { kind: tool, label, oldContent: text('old_content'), newContent: text('new_content') } };
    case 'memory_replace':
      return { kind: 'edit', edit: { kind: tool, label, oldString: text('old_string'), newString: text('new_string') } };
    case 'memory_insert':
      return { kind: 'edit', edit: { kind: tool, label, newString: text('new_string'), insertLine: lineOf(args['insert_line']) } };
    case 'memory_rethink':
      return { kind: 'edit', edit: { kind: tool, label, newMemory: text('new_memory') } };
  }
}

/** The tool `memory`: one of several commands. An argument that is an empty text counts as given, but not as a path. */
function readCommand(args: Arguments): MemoryRequest | string {
  const command = textOf(args['command']) ?? '';
  const text = (name: string): string | null => textOf(args[name]);
  const lacks = (...names: readonly string[]): string | null => {
    const name = names.find(candidate => text(candidate) === null || (candidate.endsWith('path') && text(candidate) === ''));
    return name === undefined ? null : `Error: ${name} is required for ${command} command`;
  };
  const path = text('path') ?? '';
  const given = (name: string): string => text(name) ?? '';
  switch (command) {
    case 'create':
      return lacks('path', 'description') ?? { kind: 'create', path, description: given('description'), value: given('file_text') };
    case 'str_replace': {
      const edit = { kind: 'memory_replace', label: path, oldString: given('old_string'), newString: given('new_string') } as const;
      return lacks('path', 'old_string', 'new_string') ?? { kind: 'edit_at_path', edit };
    }
    case 'insert': {
      const edit = {
        kind: 'memory_insert',
        label: path,
        newString: given('insert_text'),
        insertLine: lineOf(args['insert_line']),
      } as const;
      return lacks('path', 'insert_text') ?? { kind: 'edit_at_path', edit };
    }
    case 'delete':
      return lacks('path') ?? { kind: 'delete', path };
    case 'rename':
      if (path !== '' && text('description') !== null) return { kind: 'describe', path, description: given('description') };
      if (lacks('old_path', 'new_path') === null) return { kind: 'rename', path: given('old_path'), newPath: given('new_path') };
      return 'Error: old_path and new_path are required for rename command, or path and description to change a description';
    default:
      return `Error: Unknown command '${command}'. Supported commands: create, str_replace, insert, delete, rename`;
  }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** Models write the number as a text now and then. */
function lineOf(value: unknown): number {
  if (value === undefined || value === null) return -1;
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : typeof value === 'number' ? value : Number.NaN;
}
