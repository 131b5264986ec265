/** What somebody sees who comes back from signing in. */
export function oauthPage(text: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>MCP server</title></head><body><p>${escape(text)}</p></body></html>`;
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, character => entities[character] ?? character);
}
