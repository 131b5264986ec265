import assert from 'node:assert/strict';
import type { ModelDelta } from '../../../src/domain/model/language-model.js';
import { partialResponse } from '../../../src/domain/model/partial-response.js';
import { createResponseAccumulator } from '../../../src/providers/llm/response-accumulator.js';
import type { StreamPiece } from '../../../src/providers/llm/stream-piece.js';

describe('the answer of a call that was lost', () => {
  it('is made from its pieces, and equals what the call itself would have kept of them', () => {
    const pieces: StreamPiece[] = [
      { type: 'omitted_reasoning' },
      { type: 'reasoning', text: 'Let me ' },
      { type: 'reasoning', text: 'see.' },
      { type: 'redacted_reasoning', data: 'abc' },
      { type: 'text', text: 'One ' },
      { type: 'text', text: 'two' },
      { type: 'tool_call', slot: 0, id: 'call_1', name: 'send', argumentsDelta: '{"te' },
      { type: 'text', text: ' three' },
    ];
    const deltas: ModelDelta[] = [];
    const accumulator = createResponseAccumulator('Test', delta => deltas.push(delta));
    for (const piece of pieces) accumulator.add(piece);
    assert.deepEqual(partialResponse(deltas), accumulator.cancelled());
    assert.equal(partialResponse(deltas).content.length, 4);
  });

  it('is empty when nothing had come, and runs no call even when that had come whole', () => {
    assert.deepEqual(partialResponse([]).content, []);
    const whole = partialResponse([{ type: 'tool_call', index: 0, id: 'call_1', name: 'send', argumentsDelta: '{}' }]);
    assert.deepEqual([whole.content, whole.toolCalls, whole.finishReason], [[], [], 'cancelled']);
  });
});
