import { assertNever } from '../assert-never.js';
import { storableText } from '../storable-text.js';
import { limitViolation } from './block-limit.js';
import { editBlock, readOnlyRefusal, refusal, unknownBlock } from './edit-block.js';
import type { EditOptions } from './edit-block.js';
import type { EditableBlock, EditRefusal } from './editable-block.js';
import type { PatchOperation } from './memory-patch.js';
import type { BlockChange, BlockContent } from './memory-plan.js';

export type BlockOperation = PatchOperation | { readonly kind: 'describe'; readonly label: string; readonly description: string };

/** Characters, of a block that says nothing else. */
export const defaultBlockLimit = 100_000;

interface Entry {
  /** Null = it is new. */
  readonly origin: EditableBlock | null;
  readonly content: BlockContent;
  readonly isDetached: boolean;
}

/** The changes that operations on several blocks amount to, one after the other; the first that cannot be carried out refuses all. */
export function changeBlocks(
  blocks: readonly EditableBlock[],
  operations: readonly BlockOperation[],
  options: EditOptions,
): readonly BlockChange[] | EditRefusal {
  let entries: readonly Entry[] = blocks.map(origin => ({ origin, content: contentOf(origin), isDetached: false }));
  for (const operation of operations) {
    const changed = apply(entries, operation, options);
    if ('kind' in changed) return changed;
    entries = changed;
  }
  return entries.flatMap(toChange);
}

function apply(entries: readonly Entry[], operation: BlockOperation, options: EditOptions): readonly Entry[] | EditRefusal {
  if (operation.kind === 'add') return add(entries, operation, options);
  const entry = entries.find(candidate => candidate.content.label === operation.label && !candidate.isDetached);
  if (entry === undefined) return unknownBlock(entries.filter(candidate => !candidate.isDetached).map(asBlock), operation.label);
  if (entry.origin?.readOnly === true) return readOnlyRefusal;
  const replace = (change: Partial<Entry>): readonly Entry[] =>
    entries.map(candidate => (candidate === entry ? { ...entry, ...change } : candidate));
  switch (operation.kind) {
    case 'delete':
      if (entry.origin?.isIsolated === true) return isolatedRefusal(operation.label);
      // One that the same patch has made was never there.
      return entry.origin === null ? entries.filter(candidate => candidate !== entry) : replace({ isDetached: true });
    case 'describe':
      return replace({ content: { ...entry.content, description: storableText(operation.description) } });
    case 'update': {
      const content = update(entries, entry, operation, options);
      return 'kind' in content ? content : replace({ content });
    }
    default:
      return assertNever(operation);
  }
}

function add(
  entries: readonly Entry[],
  operation: Extract<BlockOperation, { kind: 'add' }>,
  options: EditOptions,
): readonly Entry[] | EditRefusal {
  const label = storableText(operation.label);
  if (label === '') return refusal('A memory block needs a label');
  if (isTaken(entries, label)) return refusal(`Memory block '${label}' already exists`);
  const content = { label, value: storableText(operation.value), description: storableText(operation.description) };
  const violation = options.enforceLimit ? limitViolation({ value: content.value, limit: defaultBlockLimit }, null) : null;
  if (violation !== null) return refusal(violation);
  const before = entries.find(entry => entry.isDetached && entry.origin?.label === label);
  if (before === undefined) return [...entries, { origin: null, content, isDetached: false }];
  return entries.map(entry => (entry === before ? { ...before, content, isDetached: false } : entry));
}

function update(
  entries: readonly Entry[],
  entry: Entry,
  { label, moveTo, patch }: Extract<BlockOperation, { kind: 'update' }>,
  options: EditOptions,
): BlockContent | EditRefusal {
  const newLabel = moveTo === null ? label : storableText(moveTo);
  if (newLabel !== label) {
    if (newLabel === '') return refusal('A memory block needs a label');
    if (entry.origin?.isIsolated === true) return isolatedRefusal(label);
    if (isTaken(entries, newLabel)) return refusal(`Memory block '${newLabel}' already exists`);
  }
  if (moveTo !== null && patch.trim() === '') return { ...entry.content, label: newLabel };
  const result = editBlock([asBlock(entry)], { kind: 'memory_apply_patch', label, patch }, options);
  return result.kind === 'error' ? result : { ...entry.content, label: newLabel, value: result.value };
}

function isTaken(entries: readonly Entry[], label: string): boolean {
  return entries.some(entry => !entry.isDetached && entry.content.label === label);
}

function isolatedRefusal(label: string): EditRefusal {
  return refusal(`Memory block '${label}' belongs to this conversation alone: it can be edited, but neither renamed nor deleted`);
}

function contentOf({ label, value, description }: EditableBlock): BlockContent {
  return { label, value, description: description ?? null };
}

function asBlock({ origin, content }: Entry): EditableBlock {
  return { limit: defaultBlockLimit, readOnly: false, ...origin, ...content };
}

function toChange({ origin, content, isDetached }: Entry): readonly BlockChange[] {
  if (origin === null) return [{ kind: 'create', to: content }];
  if (isDetached) return [{ kind: 'detach', label: origin.label }];
  const before = contentOf(origin);
  const isSame = before.label === content.label && before.value === content.value && before.description === content.description;
  return isSame ? [] : [{ kind: 'edit', label: origin.label, to: content }];
}
