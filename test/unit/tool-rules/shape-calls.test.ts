import assert from 'node:assert/strict';
import { checkPrefilled } from '../../../src/activities/tools/check-prefilled.js';
import type { ModelDelta, ModelResponse } from '../../../src/domain/model/language-model.js';
import type { PrefilledArguments } from '../../../src/domain/tool-rules/prefilled-arguments.js';
import { heldBackDeltas, isShownAtOnce, shapeCalls } from '../../../src/domain/tool-rules/shape-calls.js';

function response(...calls: readonly (readonly [name: string, args: string])[]): ModelResponse {
  return {
    content: [{ type: 'text', text: 'hm' }],
    toolCalls: calls.map(([name, args], index) => ({ id: `call_${index}`, name, arguments: args })),
    finishReason: 'tool_calls',
    usage: { promptTokens: 1, completionTokens: 1, totalTokens: 2, cachedInputTokens: null, cacheWriteTokens: null, reasoningTokens: null },
  };
}

/** As an adapter streams it: piece by piece. */
function deltasOf({ content, toolCalls }: ModelResponse): ModelDelta[] {
  return [
    ...content.flatMap((part): ModelDelta[] => (part.type === 'text' ? [{ type: 'text', text: part.text }] : [])),
    ...toolCalls.flatMap((call, index) =>
      [...call.arguments].map((argumentsDelta): ModelDelta => ({ type: 'tool_call', index, id: call.id, name: call.name, argumentsDelta })),
    ),
  ];
}

/** What a client that joins the pieces has in the end. */
function joined(deltas: readonly ModelDelta[]): string[] {
  const calls: string[] = [];
  for (const delta of deltas) if (delta.type === 'tool_call') calls[delta.index] = (calls[delta.index] ?? '') + delta.argumentsDelta;
  return calls;
}

const prefilled: ReadonlyMap<string, PrefilledArguments> = new Map([['find', { args: { limit: 3 }, source: 'run_first' }]]);
const none: ReadonlyMap<string, PrefilledArguments> = new Map();

describe('shapeCalls', () => {
  it('keeps all calls where several may stand, and only the first otherwise', () => {
    const two = response(['a', '{}'], ['b', '{}']);
    assert.equal(shapeCalls(two, { parallel: true, prefilled: none }).toolCalls.length, 2);
    assert.deepEqual(
      shapeCalls(two, { parallel: false, prefilled: none }).toolCalls.map(call => call.name),
      ['a'],
    );
  });
  it('puts prescribed arguments over those of the model and leaves the rest', () => {
    const argsOf = (text: string): string | undefined =>
      shapeCalls(response(['find', text]), { parallel: false, prefilled }).toolCalls[0]?.arguments;
    assert.equal(argsOf('{"thinking":"t","limit": 9, "q":"x"}'), '{"thinking":"t","limit":3,"q":"x"}');
    assert.equal(argsOf(''), '{"limit":3}');
    assert.equal(argsOf('not json'), 'not json', 'the call fails, and the model is told');
  });
  for (const parallel of [true, false]) {
    it(`streams exactly what is kept, parallel calls ${parallel ? 'on' : 'off'}`, () => {
      for (const model of [response(['find', '{"q":1, "limit":8}'], ['b', '{"x":2}']), response(['b', '{"x":2}'], ['find', '{}'])]) {
        const shape = { parallel, prefilled };
        const kept = shapeCalls(model, shape);
        const shown = [...deltasOf(model).filter(delta => isShownAtOnce(delta, shape)), ...heldBackDeltas(kept, shape)];
        assert.deepEqual(
          joined(shown),
          kept.toolCalls.map(call => call.arguments),
        );
        assert.equal(shown[0]?.type, 'text');
      }
    });
  }
});

describe('checkPrefilled', () => {
  const parameters = {
    $schema: 'http://json-schema.org/draft-07/schema#',
    type: 'object',
    properties: { limit: { type: 'integer', minimum: 1 }, q: { type: 'string', format: 'unheard-of' } },
    required: ['q', 'limit'],
  };
  const check = (args: Readonly<Record<string, unknown>>, schema: Readonly<Record<string, unknown>> = parameters): string | null =>
    checkPrefilled({ args, source: 'run_first' }, schema);

  it('accepts a part of the arguments', () => assert.equal(check({ limit: 2 }), null));
  it('names every argument that does not fit, and the rule', () => {
    assert.equal(
      check({ limit: 'two', nonsense: 1 }),
      "Invalid prefilled tool arguments from tool rules (source=run_first): unknown argument 'nonsense'; limit must be integer",
    );
    assert.match(check({ limit: 0 }) ?? '', /limit must be >= 1$/);
  });
  it('accepts any name where the tool does', () => assert.equal(check({ other: 1 }, { type: 'object', additionalProperties: true }), null));
  it('says so when the schema cannot be read', () =>
    assert.match(check({ a: 1 }, { properties: { a: { type: 'no such type' } } }) ?? '', /schema cannot be read/));
});
