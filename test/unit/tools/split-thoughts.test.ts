import assert from 'node:assert/strict';
import type { ModelDelta } from '../../../src/domain/model/language-model.js';
import { noThoughtsYet, splitThoughts } from '../../../src/domain/tools/split-thoughts.js';

const call = (argumentsDelta: string, index = 0): ModelDelta => ({
  type: 'tool_call',
  index,
  id: `c${index}`,
  name: 'send_message',
  argumentsDelta,
});

function split(...deltas: ModelDelta[]): ModelDelta[] {
  let state = noThoughtsYet;
  return deltas.flatMap(delta => {
    const next = splitThoughts(state, delta);
    state = next.state;
    return next.deltas;
  });
}

describe('splitThoughts', () => {
  it('says the thoughts as text and then the call without them', () => {
    assert.deepEqual(split(call(''), call('{"thinking": "I gre'), call('et.", "mess'), call('age": "Hi"'), call('}')), [
      { type: 'text', text: 'I gre' },
      { type: 'text', text: 'et.' },
      call('{"message":"Hi"'),
      call('}'),
    ]);
  });

  it('shows a call without thoughts, also one without any arguments', () => {
    assert.deepEqual(split(call(''), call('{"message":"Hi"}')), [call('{"message":"Hi"}')]);
    assert.deepEqual(split(call('{}')), [call('{}')]);
    assert.deepEqual(split(call('{"thinking":"x"}')), [{ type: 'text', text: 'x' }, call('{}')]);
  });

  it('keeps several calls apart', () => {
    assert.deepEqual(split(call('{"thinking":"a"', 0), call('{"thinking":"b","x":1}', 1), call(',"y":2}', 0)), [
      { type: 'text', text: 'a' },
      { type: 'text', text: 'b' },
      call('{"x":1}', 1),
      call('{"y":2}', 0),
    ]);
  });

  it('leaves every other piece alone', () => {
    const reasoning: ModelDelta = { type: 'reasoning', text: 'hm' };
    assert.deepEqual(split(reasoning), [reasoning]);
  });
});
