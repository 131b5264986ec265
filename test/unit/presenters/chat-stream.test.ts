import assert from 'node:assert/strict';
import { createChatStreamPresenter } from '../../../src/api/presenters/chat-stream.js';
import type { RunEvent } from '../../../src/domain/runs/run-event.js';

const presentation = {
  textIsAssistantMessage: true,
  useAssistantMessage: false,
  assistantMessageToolName: 'send_message',
  assistantMessageToolKwarg: 'message',
};
const answer = { runId: 'run-1', agentId: 'agent-1', created: 1 };
const idOf = (n: number): string => `message-00000000-0000-4000-8000-00000000008${n}`;

function delta(seq: number, messageId: string, text: string): RunEvent {
  const payload = { messageId, stepId: 'step-1', partIndex: 0, delta: { type: 'text' as const, text } };
  return { kind: 'delta', seq, createdAt: '2026-01-01T00:00:00.000Z', payload };
}
function voided(seq: number, messageId: string): RunEvent {
  return { kind: 'attempt_voided', seq, createdAt: '2026-01-01T00:00:00.000Z', payload: { messageId } };
}

describe('createChatStreamPresenter', () => {
  it('ends with an error when text that was shown is begun anew, for it cannot be taken back', () => {
    const presenter = createChatStreamPresenter({ answer, presentation, includeUsage: false });
    assert.equal(presenter.present(delta(1, idOf(1), 'The capital')).length, 1);
    const [chunk] = presenter.present(voided(2, idOf(1))) as { error: { code: string } }[];
    assert.equal(chunk?.error.code, 'stream_incomplete');
    assert.ok(presenter.isOver());
  });

  it('goes on when nothing of what is begun anew was shown', () => {
    const presenter = createChatStreamPresenter({ answer, presentation, includeUsage: false });
    assert.deepEqual(presenter.present(voided(1, idOf(1))), []);
    const [chunk] = presenter.present(delta(2, idOf(2), 'Paris')) as { choices: { delta: object }[] }[];
    assert.deepEqual(chunk?.choices[0]?.delta, { role: 'assistant', content: 'Paris' });
    assert.ok(!presenter.isOver());
  });

  it('parts what is said in several messages', () => {
    const presenter = createChatStreamPresenter({ answer, presentation, includeUsage: false });
    presenter.present(delta(1, idOf(1), 'One.'));
    const [chunk] = presenter.present(delta(2, idOf(2), 'Two.')) as { choices: { delta: object }[] }[];
    assert.deepEqual(chunk?.choices[0]?.delta, { content: '\n\nTwo.' });
  });
});
