import { limitViolation } from './block-limit.js';
import type { EditOptions } from './edit-block.js';

/** What of a block is kept in versions. */
export interface BlockState {
  readonly label: string;
  readonly value: string;
  /** Characters. */
  readonly limit: number;
  readonly description: string | null;
  readonly readOnly: boolean;
}

export type ResolvedWrite =
  /** `state` may be the present one. */
  | { readonly kind: 'write'; readonly state: BlockState }
  /** Others have changed these members since the writer read them. */
  | { readonly kind: 'conflict'; readonly members: readonly (keyof BlockState)[] }
  | { readonly kind: 'too-long'; readonly message: string };

/**
 * What a write makes of a block as it is now. `base`: the state that the writer had read and changed, so that what others did since is kept where it is in
 * other places; null = the write takes the place of whatever is there.
 */
export function resolveWrite(
  current: BlockState,
  wanted: Partial<BlockState>,
  base: BlockState | null,
  options: EditOptions,
): ResolvedWrite {
  const merged = base === null ? wanted.value : mergedValue(current.value, wanted.value, base.value, options);
  const members = base === null ? [] : conflictsOf(current, wanted, base);
  const conflicts = merged === null ? [...members, 'value' as const] : members;
  if (conflicts.length > 0) return { kind: 'conflict', members: conflicts };
  const state = { ...current, ...wanted, ...(merged == null ? {} : { value: merged }) };
  const violation = options.enforceLimit ? limitViolation(state, current) : null;
  return violation === null ? { kind: 'write', state } : { kind: 'too-long', message: violation };
}

/** Null = a conflict. */
function mergedValue(current: string, wanted: string | undefined, base: string, { merge }: EditOptions): string | null | undefined {
  return wanted === undefined || current === base ? wanted : merge(base, wanted, current);
}

/** Of the members that are changed as a whole: those that others have changed in another way. */
function conflictsOf(current: BlockState, wanted: Partial<BlockState>, base: BlockState): readonly (keyof BlockState)[] {
  return wholeMembers.filter(
    member => wanted[member] !== undefined && current[member] !== base[member] && current[member] !== wanted[member],
  );
}

const wholeMembers = ['label', 'limit', 'description', 'readOnly'] as const;
