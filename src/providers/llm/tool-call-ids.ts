import { createHash } from 'node:crypto';

export interface ToolCallIds {
  /** The id to send for the next call with this stored id. */
  call(storedId: string): string;
  /** The id to send for the next return of this stored id, or null when no open call has it. */
  result(storedId: string): string | null;
}

export interface ToolCallIdRules {
  readonly maxLength: number;
  /** Characters the provider refuses in an id. */
  readonly forbidden: RegExp;
}

/**
 * Maps stored tool call ids to ids a provider accepts, for one request: short enough, of allowed characters, and unique, because models repeat
 * ids across steps and providers refuse that. Calls and returns have to be asked for in message order.
 */
export function createToolCallIds(rules: ToolCallIdRules): ToolCallIds {
  const used = new Set<string>();
  const open = new Map<string, string[]>();
  return {
    call(storedId) {
      const id = firstFreeId(storedId, rules, used);
      used.add(id);
      open.set(storedId, [...(open.get(storedId) ?? []), id]);
      return id;
    },
    result(storedId) {
      const [id, ...rest] = open.get(storedId) ?? [];
      open.set(storedId, rest);
      return id ?? null;
    },
  };
}

function firstFreeId(storedId: string, rules: ToolCallIdRules, used: ReadonlySet<string>): string {
  const plain = storedId.replace(rules.forbidden, '_').slice(0, rules.maxLength);
  let candidate = plain;
  // The suffix depends only on id and ordinal, so the same history always gives the same request (provider prompt caches).
  for (let ordinal = 1; candidate === '' || used.has(candidate); ordinal += 1) {
    const suffix = createHash('sha256').update(`${storedId}/${ordinal}`).digest('hex').slice(0, 8);
    candidate = `${plain.slice(0, rules.maxLength - suffix.length - 1)}_${suffix}`;
  }
  return candidate;
}
