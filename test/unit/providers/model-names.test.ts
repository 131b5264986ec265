import assert from 'node:assert/strict';
import { canTurnThinkingOff, takesEffort, thinkingForm } from '../../../src/providers/llm/anthropic/thinking-form.js';
import { chooseProtocol } from '../../../src/providers/llm/openai/openai-protocol.js';
import { isReasoningModel } from '../../../src/providers/llm/openai/reasoning-models.js';

const official = 'https://api.openai.com/v1';

describe('thinkingForm', () => {
  for (const [form, names] of Object.entries({
    none: ['claude-2.1', 'claude-3-haiku-20240307', 'claude-3-5-sonnet-20241022', 'MiniMax-M2'],
    budget: [
      'claude-3-7-sonnet-20250219',
      'claude-opus-4-20250514',
      'claude-opus-4-1-20250805',
      'claude-haiku-4-5-20251001',
      'claude-opus-4-5',
    ],
    adaptive: [
      'claude-opus-4-6',
      'claude-sonnet-4-6',
      'claude-opus-4-8',
      'claude-sonnet-5',
      'claude-haiku-5-5',
      'claude-fable-5-1',
      'claude-mythos-preview',
    ],
  })) {
    it(`is ${form} for ${names.join(', ')}`, () => {
      assert.deepEqual(
        names.map(thinkingForm),
        names.map(() => form),
      );
    });
  }

  it('knows where thinking is turned off by name, and which models take an effort', () => {
    assert.deepEqual(['claude-sonnet-5', 'claude-fable-5', 'claude-haiku-4-5'].map(canTurnThinkingOff), [true, false, false]);
    assert.deepEqual(['claude-opus-4-5-20251101', 'claude-opus-4-7', 'claude-haiku-4-5'].map(takesEffort), [true, true, false]);
  });
});

describe('isReasoningModel', () => {
  it('knows the families that reason', () => {
    const names = ['o1', 'o3-mini', 'o4-mini-2025-04-16', 'gpt-5', 'gpt-5.4-nano', 'gpt-6-sol'];
    assert.deepEqual(names.filter(isReasoningModel), names);
    assert.deepEqual(
      ['gpt-4.1', 'gpt-4o', 'gpt-5-chat-latest', 'gpt-5.1-chat-latest', 'ollama', 'olmo2', 'qwen3'].filter(isReasoningModel),
      [],
    );
  });
});

describe('chooseProtocol', () => {
  it("uses Responses for OpenAI's own reasoning models alone", () => {
    assert.equal(chooseProtocol('auto', official, 'gpt-5'), 'responses');
    assert.equal(chooseProtocol('auto', official, 'gpt-4.1'), 'chat');
    assert.equal(chooseProtocol('auto', 'http://localhost:8000/v1', 'gpt-5'), 'chat');
    assert.equal(chooseProtocol('auto', 'https://api.openai.com.example.org/v1', 'gpt-5'), 'chat');
  });

  it('does what the setting says', () => {
    assert.equal(chooseProtocol('chat', official, 'gpt-5'), 'chat');
    assert.equal(chooseProtocol('responses', 'http://localhost:8000/v1', 'llama3'), 'responses');
  });
});
