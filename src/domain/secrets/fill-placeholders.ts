/** `{{ NAME }}`, or `{{ NAME | what holds without it }}`. */
const placeholder = /\{\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*(?:\|([^{}]*))?\}\}/g;

/** A text names a secret that nobody has given. The message says which, never what another one is. */
export class MissingSecret extends Error {
  override readonly name = 'MissingSecret';

  constructor(secret: string) {
    super(`the secret ${secret} is missing: it belongs to the agent's secrets or to the environment of its tools`);
  }
}

/** The text with the values of its placeholders. Throws MissingSecret. */
export function fillPlaceholders(text: string, secrets: Readonly<Record<string, string>>): string {
  return text.replaceAll(placeholder, (_match, name: string, fallback: string | undefined) => {
    if (Object.hasOwn(secrets, name)) return secrets[name] ?? '';
    if (fallback !== undefined) return fallback.trim();
    throw new MissingSecret(name);
  });
}

/** The names that a text asks for. */
export function placeholdersOf(text: string): readonly string[] {
  return [...text.matchAll(placeholder)].map(match => match[1] ?? '');
}
