import assert from 'node:assert/strict';
import { noDirectories } from '../../../src/domain/prompt/compile-directories.js';
import { compileSystemPrompt } from '../../../src/domain/prompt/compile-system-prompt.js';
import type { SystemPromptInput } from '../../../src/domain/prompt/compile-system-prompt.js';

const human = { label: 'human', value: 'Name: Ada', description: 'The user', limit: 100, readOnly: false };
const input: SystemPromptInput = {
  system: 'Be kind.',
  agentId: 'agent-1',
  agentType: 'letta_v1_agent',
  conversationId: null,
  blocks: [human],
  toolRules: [],
  files: noDirectories,
  modelEndpointType: 'openai',
  recallCount: 0,
  archivalCount: 0,
  archivalTags: [],
  timezone: null,
  now: new Date('2025-01-31T17:05:00Z'),
};

describe('compileSystemPrompt', () => {
  it('puts the memory behind the instructions, or where they want it', () => {
    const behind = compileSystemPrompt(input);
    assert.match(behind, /^Be kind\.\n\n<memory_blocks>\n/);
    const inside = compileSystemPrompt({ ...input, system: 'Start {CORE_MEMORY} end' });
    assert.match(inside, /^Start <memory_blocks>\n[^]*<\/memory_metadata> end$/);
  });

  it('shows each block with its size in characters, whatever their bytes', () => {
    const text = compileSystemPrompt({ ...input, blocks: [{ ...human, value: 'Zoë 😀', readOnly: true }] });
    assert.match(
      text,
      /<human>\n<description>\nThe user\n<\/description>\n<metadata>\n- read_only=true\n- chars_current=5\n- chars_limit=100\n/,
    );
    assert.match(text, /<value>\nZoë 😀\n<\/value>\n<\/human>/);
  });

  it('leaves a placeholder within a block alone', () => {
    const text = compileSystemPrompt({ ...input, blocks: [{ ...human, value: '{CORE_MEMORY}' }] });
    assert.equal(text.split('{CORE_MEMORY}').length, 2);
    assert.equal(text.split('<memory_metadata>').length, 2);
  });

  it('numbers the lines for Anthropic only', () => {
    const blocks = [{ ...human, value: 'one\ntwo' }];
    assert.match(compileSystemPrompt({ ...input, blocks, modelEndpointType: 'anthropic' }), /1→ ?one\n2→ ?two/);
    assert.doesNotMatch(compileSystemPrompt({ ...input, blocks }), /1→/);
  });

  it('tells of memory out of sight, the conversation and the time in the zone of the agent', () => {
    const plain = compileSystemPrompt(input);
    assert.match(plain, /- CONVERSATION_ID: default\n/);
    assert.match(plain, /recompiled: 2025-01-31 05:05:00 PM UTC\+0000/);
    assert.doesNotMatch(plain, /archival/);
    const full = compileSystemPrompt({
      ...input,
      conversationId: 'conv-1',
      recallCount: 4,
      archivalCount: 2,
      archivalTags: ['a', 'b'],
      timezone: 'America/Los_Angeles',
    });
    assert.match(full, /- CONVERSATION_ID: conv-1\n/);
    assert.match(full, /recompiled: 2025-01-31 09:05:00 AM PST-0800/);
    assert.match(full, /- 4 previous messages/);
    assert.match(full, /- 2 total memories/);
    assert.match(full, /tags: a, b\n/);
  });
});
