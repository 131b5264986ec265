import assert from 'node:assert/strict';
import type { AssistantPart } from '../../../src/domain/messages/content.js';
import { toAnthropicRequest } from '../../../src/providers/llm/anthropic/to-anthropic-request.js';
import { addTool, assistant, call, config, picture, request, returns, summary, system, text, user } from '../../providers/model-calls.js';

const thinker = config('claude-sonnet-4-20250514', { enableReasoner: true, maxReasoningTokens: 2000 });
const plain = config('claude-3-5-haiku-20241022');
const thought: AssistantPart = { type: 'reasoning', isNative: true, reasoning: 'hm', signature: 'SIG' };
const redacted: AssistantPart = { type: 'redacted_reasoning', data: 'RED' };
const ephemeral = { cache_control: { type: 'ephemeral' } };
const use = (id: string) => ({ type: 'tool_use', id, name: 'add', input: { a: 1 } });
const result = (id: string, content: string, isError = false) => ({ type: 'tool_result', tool_use_id: id, content, is_error: isError });

describe('toAnthropicRequest', () => {
  it('alternates roles, with all returns of a step and what follows in one turn, and marks the prefixes to be cached', () => {
    const sent = toAnthropicRequest(
      request(
        plain,
        [
          system('be kind'),
          summary('before'),
          user('add'),
          assistant('m', [text('ok')], [call('a'), call('b')]),
          returns(['a', '1'], ['b', 'no', 'error']),
          system('a note'),
          user('and?'),
        ],
        { tools: [addTool, { ...addTool, name: 'sub' }] },
      ),
    );
    assert.deepEqual(sent.system, [{ type: 'text', text: 'be kind', ...ephemeral }]);
    assert.deepEqual(sent.messages, [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'before' },
          { type: 'text', text: 'add', ...ephemeral },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'ok' }, use('a'), use('b')] },
      {
        role: 'user',
        content: [
          result('a', '1'),
          result('b', 'no', true),
          { type: 'text', text: 'a note' },
          { type: 'text', text: 'and?', ...ephemeral },
        ],
      },
    ]);
    assert.deepEqual(
      sent.tools?.map(tool => 'cache_control' in tool),
      [false, true],
    );
  });

  it('marks nothing when nothing is to be cached', () => {
    const sent = toAnthropicRequest(request(plain, [system('be kind'), user('add')], { tools: [addTool] }), false);
    assert.doesNotMatch(JSON.stringify(sent), /cache_control/);
  });

  it("begins and ends with the user's turn", () => {
    const { messages } = toAnthropicRequest(request(plain, [assistant('m', [text('hi')])]));
    assert.deepEqual(
      messages.map(message => message.role),
      ['user', 'assistant', 'user'],
    );
  });

  it('drops empty texts and empty turns, and a system prompt that is blank', () => {
    const { messages, system: sent } = toAnthropicRequest(request(plain, [system(' '), user('a'), assistant('m', [text(' ')]), user(' ')]));
    assert.equal(sent, undefined);
    assert.deepEqual(messages, [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'a' },
          { type: 'text', text: '(empty)', ...ephemeral },
        ],
      },
    ]);
  });

  it('gives thoughts back to the model that had them, and to no other', () => {
    const step = (model: string) => [user('add'), assistant(model, [thought, redacted, text('ok')], [call('a')]), returns(['a', '1'])];
    const own = toAnthropicRequest(request(thinker, step(thinker.model)));
    assert.deepEqual(own.messages[1]?.content, [
      { type: 'thinking', thinking: 'hm', signature: 'SIG' },
      { type: 'redacted_thinking', data: 'RED' },
      { type: 'text', text: 'ok' },
      use('a'),
    ]);
    assert.deepEqual(own.thinking, { type: 'enabled', budget_tokens: 2000 });
    const foreign = toAnthropicRequest(request(thinker, step('another')));
    assert.deepEqual(foreign.messages[1]?.content, [{ type: 'text', text: 'ok' }, use('a')]);
  });

  it('does not think within a chain of calls that began without thoughts, and thinks again after it', () => {
    const chain = [user('add'), assistant('another', [], [call('a')]), returns(['a', '1'])];
    assert.equal(toAnthropicRequest(request(thinker, chain)).thinking, undefined);
    assert.equal(toAnthropicRequest(request(thinker, [...chain, user('and?')])).thinking?.type, 'enabled');
    const thoughtful = [user('add'), assistant(thinker.model, [thought], [call('a')]), returns(['a', '1'])];
    const further = [...thoughtful, assistant(thinker.model, [], [call('b')]), returns(['b', '2'])];
    assert.equal(toAnthropicRequest(request(thinker, further)).thinking?.type, 'enabled');
  });

  it('leaves out thoughts that led to nothing or lost their signature', () => {
    const unsigned: AssistantPart = { type: 'reasoning', isNative: true, reasoning: 'cut o' };
    const { messages } = toAnthropicRequest(
      request(thinker, [user('a'), assistant(thinker.model, [thought]), user('b'), assistant(thinker.model, [unsigned]), user('c')]),
    );
    assert.deepEqual(
      messages.map(message => message.role),
      ['user'],
    );
  });

  it('leaves room for the answer beside the thoughts', () => {
    const limit = (fields: Parameters<typeof config>[1]) => toAnthropicRequest(request({ ...thinker, ...fields }, [user('a')])).max_tokens;
    assert.equal(limit({}), 4096);
    assert.equal(limit({ maxTokens: 1500 }), 3500);
    assert.equal(limit({ maxReasoningTokens: 10 }), 4096);
    assert.equal(limit({ maxReasoningTokens: 8000 }), 12_096);
  });

  it('asks newer models to think as they find right, with effort, and turns it off by name', () => {
    const newer = (name: string, fields: Parameters<typeof config>[1]) => toAnthropicRequest(request(config(name, fields), [user('a')]));
    const on = newer('claude-opus-4-7', { enableReasoner: true, maxReasoningTokens: 1024, effort: 'low' });
    assert.deepEqual([on.thinking, on.output_config], [{ type: 'adaptive', display: 'summarized' }, { effort: 'low' }]);
    assert.deepEqual(newer('claude-sonnet-5', { enableReasoner: false }).thinking, { type: 'disabled' });
    assert.equal(newer('claude-fable-5', { enableReasoner: false }).thinking, undefined);
    assert.equal(newer('claude-3-5-haiku-20241022', { effort: 'low' }).output_config, undefined);
  });

  it('never sends a temperature, which the API refuses', () => {
    assert.equal('temperature' in toAnthropicRequest(request({ ...plain, temperature: 0.2 }, [user('a')])), false);
  });

  it('forces a call only where the model does not think, and holds back parallel calls', () => {
    const choice = (model: typeof plain, parallelToolCalls: boolean) =>
      toAnthropicRequest(request(model, [user('a')], { tools: [addTool], toolChoice: { type: 'required' }, parallelToolCalls }))
        .tool_choice;
    assert.deepEqual(choice(plain, true), { type: 'any' });
    assert.deepEqual(choice(plain, false), { type: 'any', disable_parallel_tool_use: true });
    assert.deepEqual(choice(thinker, true), { type: 'auto' });
  });

  it('sends images and the schema of the response in its own form', () => {
    const responseFormat = { type: 'json_schema', jsonSchema: { name: 'city', schema: { type: 'object' } } } as const;
    const sent = toAnthropicRequest(request({ ...plain, responseFormat }, [picture('QUJD')]));
    assert.deepEqual(sent.output_config, { format: { type: 'json_schema', schema: { type: 'object' } } });
    assert.deepEqual(sent.messages[0]?.content, [
      { type: 'text', text: 'look' },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'QUJD' }, ...ephemeral },
    ]);
  });

  it('keeps repeated call ids apart', () => {
    const steps = [1, 2].flatMap(() => [assistant('m', [], [call('same')]), returns(['same', 'r'])]);
    const blocks = toAnthropicRequest(request(plain, [user('a'), ...steps])).messages.flatMap(message =>
      typeof message.content === 'string' ? [] : message.content,
    );
    const used = blocks.flatMap(block => (block.type === 'tool_use' ? [block.id] : []));
    const answered = blocks.flatMap(block => (block.type === 'tool_result' ? [block.tool_use_id] : []));
    assert.deepEqual(used, answered);
    assert.equal(new Set(used).size, 2);
  });
});
