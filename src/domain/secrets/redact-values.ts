export interface NamedSecret {
  readonly name: string;
  readonly value: string;
}

/** Shorter ones are words that stand anywhere: to take them out would tell more than it hides. */
const shortest = 8;

/** JSON without the values of the secrets: where one stood, its name is. */
export function redactValues<Value>(value: Value, secrets: readonly NamedSecret[]): Value {
  // The longest first: one may hold another.
  const told = secrets.filter(secret => secret.value.length >= shortest).sort((one, other) => other.value.length - one.value.length);
  return told.length === 0 ? value : (redact(value, told) as Value);
}

function redact(value: unknown, secrets: readonly NamedSecret[]): unknown {
  if (typeof value === 'string')
    return secrets.reduce((text, secret) => text.replaceAll(secret.value, () => `[secret ${secret.name}]`), value);
  if (Array.isArray(value)) return value.map(item => redact(item, secrets));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [redact(name, secrets), redact(member, secrets)]));
}
