import type { ModelMessage } from '../messages/message.js';
import type { ModelRequest, ToolSchema } from '../model/language-model.js';
import { imageTokens } from './estimate-request.js';

/** What a prompt is made of, as the context overview tells it. */
export const contextParts = ['system', 'coreMemory', 'toolRules', 'directories', 'metadata', 'functions', 'summary', 'messages'] as const;
export type ContextPart = (typeof contextParts)[number];
export type PartTokens = Readonly<Record<ContextPart, number>>;
export type SystemSection = Extract<ContextPart, 'system' | 'coreMemory' | 'toolRules' | 'directories' | 'metadata'>;

/** A stretch of a system message. */
export interface SystemPiece {
  readonly part: SystemSection;
  readonly text: string;
}

/** In the order in which they stand in a system message; a section's text may hold what looks like its own end. */
const sections: readonly { readonly part: SystemSection; readonly pattern: RegExp }[] = [
  { part: 'coreMemory', pattern: /<memory_blocks>\n[\s\S]*\n<\/memory_blocks>/ },
  { part: 'toolRules', pattern: /<tool_usage_rules>\n[\s\S]*\n<\/tool_usage_rules>/ },
  { part: 'directories', pattern: /<directories>\n<file_limits>\n[\s\S]*\n<\/directories>/ },
  { part: 'metadata', pattern: /<memory_metadata>\n- AGENT_ID: [\s\S]*\n<\/memory_metadata>/ },
];

/** A system message by its sections, joined the text again; what is in none of them is the agent's own instructions. */
export function systemPieces(text: string): readonly SystemPiece[] {
  const pieces: SystemPiece[] = [];
  let rest = text;
  for (const { part, pattern } of sections) {
    const found = pattern.exec(rest);
    if (found === null) continue;
    pieces.push({ part: 'system', text: rest.slice(0, found.index) }, { part, text: found[0] });
    rest = rest.slice(found.index + found[0].length);
  }
  return [...pieces, { part: 'system' as const, text: rest }].filter(piece => piece.text !== '');
}

/** What the provider puts around each message, its role among it, and before the answer. */
const messageFrame = 4;
const answerFrame = 3;

/**
 * The tokens of a request by its parts, each counted once: the sum is that of the whole. `count` = how many tokens a text has. A section takes what it
 * adds to the text before it, for tokens may reach over its edges.
 */
export function countParts(request: Pick<ModelRequest, 'messages' | 'tools'>, count: (text: string) => number): PartTokens {
  const [first, ...others] = request.messages;
  const system = first?.role === 'system' ? textOf(first) : '';
  const rest = first?.role === 'system' ? others : request.messages;
  const tokens: Record<ContextPart, number> = {
    system: system === '' ? 0 : messageFrame,
    coreMemory: 0,
    toolRules: 0,
    directories: 0,
    metadata: 0,
    functions: request.tools.length === 0 ? 0 : count(JSON.stringify(request.tools.map(toFunction))),
    summary: 0,
    messages: answerFrame,
  };
  let before = '';
  let counted = 0;
  for (const { part, text } of systemPieces(system)) {
    before += text;
    const upToHere = count(before);
    tokens[part] += upToHere - counted;
    counted = upToHere;
  }
  rest.forEach((message, index) => {
    tokens[index === 0 && message.role === 'summary' ? 'summary' : 'messages'] +=
      messageFrame + count(textOf(message)) + imageTokens * imagesIn(message);
  });
  return tokens;
}

/** The same shares of another whole: for where a provider has counted only that. */
export function scaleParts(tokens: PartTokens, total: number): PartTokens {
  const sum = totalOf(tokens);
  if (sum === 0) return tokens;
  const exact = contextParts.map(part => ({ part, value: (tokens[part] * total) / sum }));
  const floors = exact.map(({ part, value }) => ({ part, floor: Math.floor(value), rest: value - Math.floor(value) }));
  const missing = total - floors.reduce((all, { floor }) => all + floor, 0);
  const raised = new Set(
    floors
      .toSorted((a, b) => b.rest - a.rest)
      .slice(0, missing)
      .map(({ part }) => part),
  );
  const scaled = { ...tokens };
  for (const { part, floor } of floors) scaled[part] = floor + (raised.has(part) ? 1 : 0);
  return scaled;
}

export function totalOf(tokens: PartTokens): number {
  return contextParts.reduce((sum, part) => sum + tokens[part], 0);
}

/** A tool in the form that V1 shows. */
export function toFunction({ name, description, parameters }: ToolSchema) {
  return { type: 'function' as const, function: { name, description, parameters } };
}

function textOf(message: ModelMessage): string {
  if (message.role === 'tool') return message.toolReturns.map(entry => entry.content).join('\n');
  const texts = message.content.flatMap(part => (part.type === 'text' ? [part.text] : []));
  const calls = message.role === 'assistant' ? message.toolCalls.map(call => `${call.name} ${call.arguments}`) : [];
  return [...texts, ...calls].join('\n');
}

function imagesIn(message: ModelMessage): number {
  return message.role === 'tool' || message.role === 'assistant' ? 0 : message.content.filter(part => part.type === 'image').length;
}
