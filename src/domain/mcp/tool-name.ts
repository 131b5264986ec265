const longest = 64;

/** The name under which models are offered an MCP tool: 1 to 64 letters, digits, `_` and `-`. One that has to be changed keeps its own mark, so that two names stay two. */
export function offeredToolName(mcpName: string, prefix: string | null): string {
  const whole = `${prefix ?? ''}${mcpName}`;
  if (/^[a-zA-Z0-9_-]{1,64}$/.test(whole)) return whole;
  const mark = `_${fingerprint(whole)}`;
  return `${whole.replaceAll(/[^a-zA-Z0-9_-]+/g, '_').slice(0, longest - mark.length)}${mark}`;
}

/** FNV-1a of 32 bits, as 8 hex digits. */
function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
