/** What the loop reads itself of a call's arguments: docs/design/rest-tools.md. */
const reserved: readonly string[] = ['request_heartbeat', 'thinking'];

/** Anthropic's limit for names of properties. */
const longestName = 64;

export interface NamedValue {
  /** On the wire. */
  readonly name: string;
  /** Where it goes to, such as `path` or `body`. */
  readonly place: string;
  /** The name that its author has chosen for the model. */
  readonly argument: string | null;
}

/**
 * One flat list of names for values of several places, in their order. A name that a provider would refuse loses the characters in question; of two that are
 * the same the later one is led by its place, then numbered. Null stands in for a chosen name that is taken.
 */
export function argumentNames(values: readonly NamedValue[]): readonly (string | null)[] {
  const taken = new Set(reserved);
  const chosen = values.map(({ argument }) => {
    if (argument === null) return undefined;
    if (taken.has(argument)) return null;
    taken.add(argument);
    return argument;
  });
  return values.map(({ name, place }, index) => {
    const own = chosen[index];
    if (own !== undefined) return own;
    const plain = plainName(name);
    const free = [plain, `${place}_${plain}`.slice(0, longestName)].find(candidate => !taken.has(candidate)) ?? numbered(plain, taken);
    taken.add(free);
    return free;
  });
}

function numbered(name: string, taken: ReadonlySet<string>): string {
  for (let number = 2; ; number += 1) {
    const candidate = `${name.slice(0, longestName - 6)}_${number}`;
    if (!taken.has(candidate)) return candidate;
  }
}

function plainName(name: string): string {
  const plain = name
    .replaceAll(/[^a-zA-Z0-9_.-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, longestName);
  return plain === '' ? 'value' : plain;
}
