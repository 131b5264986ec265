import assert from 'node:assert/strict';
import { checkAnswers } from '../../../src/domain/approvals/check-answers.js';
import type { CallAnswer } from '../../../src/domain/messages/content.js';

const asked = (...ids: string[]) => ({
  id: 'message-1',
  calls: ids.map((toolCallId, index) => ({ index, toolCallId, toolName: 'tool', kind: 'approval' as const })),
});
const yes = (toolCallId: string): CallAnswer => ({ type: 'approval', toolCallId, approve: true, reason: null });

describe('checkAnswers', () => {
  it('takes one answer for each call, in any order', () => {
    assert.equal(checkAnswers(asked('a', 'b'), [yes('b'), yes('a')]).kind, 'ok');
  });

  it('names both sides in V1 words when calls are missing, unknown or answered twice', () => {
    assert.deepEqual(checkAnswers(asked('a', 'b'), [yes('a')]), {
      kind: 'wrong',
      message: "Invalid tool call IDs. Expected '['a', 'b']', but received '['a']'.",
    });
    assert.equal(checkAnswers(asked('a'), [yes('x')]).kind, 'wrong');
    assert.equal(checkAnswers(asked('a'), [yes('a'), yes('a')]).kind, 'wrong');
    assert.equal(checkAnswers(asked('a'), []).kind, 'wrong');
  });

  it('takes the older form, which names the request, for the only call', () => {
    assert.deepEqual(checkAnswers(asked('a'), [yes('message-1')]), { kind: 'ok', answers: [yes('a')] });
    assert.equal(checkAnswers(asked('a', 'b'), [yes('message-1')]).kind, 'wrong');
  });

  it('knows calls to which a provider gave one id as one question', () => {
    assert.equal(checkAnswers(asked('a', 'a'), [yes('a')]).kind, 'ok');
  });
});
