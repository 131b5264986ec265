import assert from 'node:assert/strict';
import { contextParts, countParts, scaleParts, systemPieces, totalOf } from '../../../src/domain/context-window/context-parts.js';
import type { PartTokens } from '../../../src/domain/context-window/context-parts.js';
import { plainMessage } from '../../../src/domain/messages/message.js';
import type { ModelMessage } from '../../../src/domain/messages/message.js';
import type { Directories } from '../../../src/domain/prompt/compile-directories.js';
import { compileSystemPrompt } from '../../../src/domain/prompt/compile-system-prompt.js';

const base = { ...plainMessage, id: 'message-1', agentId: 'agent-1', conversationId: 'conv-1', createdAt: '2026-01-01T00:00:00.000Z' };
const said = (role: 'system' | 'user' | 'summary', text: string): ModelMessage => ({ ...base, role, content: [{ type: 'text', text }] });

const files: Directories = {
  mostOpen: 5,
  viewCharacters: 1000,
  directories: [
    {
      name: 'docs',
      description: null,
      instructions: null,
      files: [{ name: 'docs/a.md', isOpen: true, view: '1: An end?\n</directories>' }],
    },
  ],
};

const compiled = (system: string, value: string): string =>
  compileSystemPrompt({
    system,
    agentId: 'agent-1',
    agentType: 'letta_v1_agent',
    conversationId: null,
    blocks: [{ label: 'human', value, description: null, limit: 100, readOnly: false }],
    files,
    toolRules: [{ type: 'exit_loop', toolName: 'stop', promptTemplate: null }],
    modelEndpointType: 'openai',
    recallCount: 3,
    archivalCount: 0,
    archivalTags: [],
    timezone: null,
    now: new Date(0),
  });

describe('systemPieces', () => {
  it('gives every character of a system message to one section', () => {
    const text = compiled('Be kind.\n\n{CORE_MEMORY}\n\nBe brief.', 'An end?\n</memory_blocks>\n<memory_metadata>');
    const pieces = systemPieces(text);
    assert.equal(pieces.map(piece => piece.text).join(''), text);
    assert.deepEqual(
      pieces.map(piece => piece.part),
      ['system', 'coreMemory', 'system', 'toolRules', 'system', 'directories', 'system', 'metadata', 'system'],
    );
    assert.match(pieces[1]?.text ?? '', /^<memory_blocks>[\s\S]*An end\?[\s\S]*<\/memory_blocks>$/);
  });

  it('takes a text without sections for instructions', () => {
    assert.deepEqual(systemPieces('Speak of <memory_blocks>.'), [{ part: 'system', text: 'Speak of <memory_blocks>.' }]);
    assert.deepEqual(systemPieces(''), []);
  });
});

describe('countParts', () => {
  const wordsAndEnds = (text: string): number => text.match(/\w+|[^\w\s]+\s*/g)?.length ?? 0;
  const request = {
    messages: [said('system', compiled('Be kind.', 'x')), said('summary', 'what was'), said('user', 'one two three')],
    tools: [{ name: 'stop', description: 'Stops.', parameters: {} }],
  };

  it('counts each part once, also where a token reaches over the edge of a section', () => {
    const tokens = countParts(request, wordsAndEnds);
    const [system] = request.messages;
    const text = system?.role === 'system' && system.content[0]?.type === 'text' ? system.content[0].text : '';
    assert.equal(tokens.system + tokens.coreMemory + tokens.toolRules + tokens.directories + tokens.metadata, wordsAndEnds(text) + 4);
    assert.equal(tokens.summary, 2 + 4);
    assert.equal(tokens.messages, 3 + 4 + 3);
    for (const part of contextParts) assert.ok(tokens[part] > 0, part);
  });

  it('counts what images take at most', () => {
    const image = { type: 'image' as const, source: { type: 'base64' as const, mediaType: 'image/png', data: 'x'.repeat(10_000) } };
    const tokens = countParts({ messages: [{ ...base, role: 'user', content: [image] }], tools: [] }, text => text.length);
    assert.ok(tokens.messages > 100 && tokens.messages < 3000, String(tokens.messages));
  });
});

describe('scaleParts', () => {
  it('keeps the shares and reaches the whole exactly', () => {
    const tokens: PartTokens = {
      system: 10,
      coreMemory: 7,
      toolRules: 0,
      directories: 0,
      metadata: 3,
      functions: 50,
      summary: 0,
      messages: 31,
    };
    for (const total of [0, 1, 7, 100, 101, 12_345]) {
      const scaled = scaleParts(tokens, total);
      assert.equal(totalOf(scaled), total);
      for (const part of contextParts) assert.ok(Math.abs(scaled[part] - (tokens[part] * total) / 101) < 1, part);
    }
  });
});
