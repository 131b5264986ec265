/** Any text as one word of letters and digits: what stores cut, fold or escape in words stays out of their way. Never empty. */
export function exactWord(text: string): string {
  return `x${Buffer.from(text).toString('hex')}`;
}
