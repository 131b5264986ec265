/** What may be kept of a body on the wire. */
export interface TraceLimits {
  /** Of the JSON text, in characters. */
  readonly maxLength: number;
  /** Keys that this server itself has. */
  readonly secrets: readonly string[];
}

const redacted = '[redacted]';
const secretName =
  '(?:api[_-]?key|authorization|password|passwd|secret|(?:access|refresh|auth|bearer|session)[_-]?token|private[_-]?key|cookie|credentials?)';
const secretKey = new RegExp(`${secretName}$`, 'i');
/** JSON within a text, such as the arguments of a call. */
const secretMember = new RegExp(`("[\\w-]*${secretName}"\\s*:\\s*")(?:[^"\\\\]|\\\\.)+`, 'gi');
/** Keys of well-known issuers, JSON web tokens, bearer tokens. Nothing in it may look far ahead from many places: texts come from anybody. */
const secretShape =
  /\b(?:sk|pk|rk)-[\w*-]{6,}|\bgh[pousr]_\w{20,}|\bxox[abprs]-[\w-]{10,}|\bAKIA[A-Z0-9]{12,}|(?<![\w-])eyJ[\w-]{10,}\.[\w-]+\.[\w-]+|\bBearer\s+[^\s"',]+/g;
const suspicious = new RegExp(`${secretName}|${secretShape.source}`, 'i');
/** Texts are cut to these lengths in turn until the whole fits. */
const textLengths = [20_000, 2000, 200];

/** A body as JSON text without what looks like a secret, and no longer than the limit: always a JSON value. */
export function traceableJson(body: unknown, { maxLength, secrets }: TraceLimits): string {
  const plain = JSON.stringify(body) ?? 'null';
  const known = secrets.filter(secret => secret.length >= 4);
  const isClean = !suspicious.test(plain) && !known.some(secret => plain.includes(secret));
  if (isClean && plain.length <= maxLength) return plain;
  const redact = (text: string): string =>
    known
      .reduce((current, secret) => current.split(secret).join(redacted), text)
      .replace(secretMember, `$1${redacted}`)
      .replace(secretShape, redacted);
  for (const length of [Number.POSITIVE_INFINITY, ...textLengths]) {
    const text = JSON.stringify(body, (key, value: unknown) => traceableValue(key, value, redact, length));
    if (text.length <= maxLength) return text;
  }
  return JSON.stringify({ cut: `This body of ${plain.length} characters was longer than the ${maxLength} that are kept` });
}

/** Objects under a telling name are looked through: a tool's schema may name its password so. */
function traceableValue(key: string, value: unknown, redact: (text: string) => string, length: number): unknown {
  if (typeof value !== 'string') return typeof value === 'number' && secretKey.test(key) ? redacted : value;
  if (secretKey.test(key) && value !== '') return redacted;
  const text = redact(value);
  return text.length <= length ? text : `${text.slice(0, length)}... [cut, ${text.length} characters]`;
}
