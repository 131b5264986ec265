/**
 * Whether a tool's output is the one that a key of `child_output_mapping` stands for. Keys have lost their types on the wire: those that read as a
 * boolean or a number are compared as such, so that `True` meets the key `true`, and `5.0` the key `5`.
 */
export function matchesOutput(key: string, output: string): boolean {
  if (key === output) return true;
  const wanted = key.toLowerCase();
  if (wanted === 'true' || wanted === 'false') return output.trim().toLowerCase() === wanted;
  const number = toNumber(key);
  return number !== null && toNumber(output) === number;
}

function toNumber(text: string): number | null {
  return /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i.test(text) ? Number(text) : null;
}
