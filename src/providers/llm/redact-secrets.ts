/** Removes API keys from a provider's text before it reaches an error, a log or a client. `secrets` are the keys configured for the call. */
export function redactSecrets(text: string, secrets: readonly string[]): string {
  const withoutKnown = secrets.filter(secret => secret.length >= 4).reduce((current, secret) => current.split(secret).join(REDACTED), text);
  return withoutKnown.replace(KEY_SHAPES, REDACTED);
}

const REDACTED = '[redacted]';
/** Providers echo keys in part ("sk-abc***xyz"), so the shape counts as well as the configured value. */
const KEY_SHAPES = /\b(?:sk|pk|rk)-[A-Za-z0-9_*-]{6,}|\bBearer\s+[^\s"',]+/g;
