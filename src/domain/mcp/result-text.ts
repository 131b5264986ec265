import { isJsonObject } from './json-object.js';
import type { McpCallResult } from './mcp-clients.js';

/** What a call has brought as the one text that V1 makes of it. */
export function resultText({ content, structuredContent }: McpCallResult): string {
  if (content.length > 0) return content.map(pieceText).join(' ');
  return structuredContent === undefined ? 'Empty response from tool' : JSON.stringify(structuredContent);
}

/** Texts as they are; pictures, sounds and resources as their members one after the other. */
function pieceText(piece: unknown): string {
  if (!isJsonObject(piece)) return String(piece);
  if (piece['type'] === 'text' && typeof piece['text'] === 'string') return piece['text'];
  return Object.entries(piece)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? `'${value}'` : JSON.stringify(value)}`)
    .join(' ');
}
