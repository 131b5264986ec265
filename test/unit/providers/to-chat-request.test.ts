import assert from 'node:assert/strict';
import { toChatRequest } from '../../../src/providers/llm/openai/to-chat-request.js';
import { addTool, assistant, call, config, picture, request, returns, summary, system, text, user } from '../../providers/model-calls.js';

describe('toChatRequest', () => {
  it('keeps every message in its place and pairs calls with returns', () => {
    const { messages } = toChatRequest(
      request(config('gpt-4.1'), [
        system('be kind'),
        summary('before'),
        user('add'),
        assistant('gpt-4.1', [text('ok')], [call('a'), call('b')]),
        returns(['a', '1'], ['b', '2']),
        system('a note'),
      ]),
    );
    const calls = ['a', 'b'].map(id => ({ id, type: 'function', function: { name: 'add', arguments: '{"a":1}' } }));
    assert.deepEqual(messages, [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'before' },
      { role: 'user', content: 'add' },
      { role: 'assistant', content: 'ok', tool_calls: calls },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'system', content: 'a note' },
    ]);
  });

  it('gives repeated, long and odd call ids a form of their own, the same for call and return', () => {
    const long = 'x'.repeat(60);
    const steps = [long, 'same', 'same', 'a.b'].flatMap(id => [assistant('m', [], [call(id)]), returns([id, 'r'])]);
    const { messages } = toChatRequest(request(config('gpt-4.1'), [user('go'), ...steps]));
    const called = messages.flatMap(message => (message.role === 'assistant' ? (message.tool_calls ?? []).map(entry => entry.id) : []));
    const answered = messages.flatMap(message => (message.role === 'tool' ? [message.tool_call_id] : []));
    assert.deepEqual(called, answered);
    assert.equal(new Set(called).size, 4);
    assert.ok(called.every(id => /^[\w-]{1,40}$/.test(id)));
    assert.deepEqual(
      toChatRequest(request(config('gpt-4.1'), [user('go'), ...steps])).messages,
      messages,
      'the same history, the same request',
    );
  });

  it('leaves out a return whose call is not there, and an assistant message that says nothing', () => {
    const { messages } = toChatRequest(request(config('gpt-4.1'), [user('go'), returns(['gone', '1']), assistant('m', [])]));
    assert.deepEqual(messages, [{ role: 'user', content: 'go' }]);
  });

  it('repairs malformed arguments of earlier calls and keeps well-formed ones to the letter', () => {
    const args = ['{"a": 1 }', '{"a":1}{"b":2}', 'nonsense', ''];
    const { messages } = toChatRequest(
      request(config('gpt-4.1'), [
        assistant(
          'm',
          [],
          args.map((value, index) => call(`c${index}`, value)),
        ),
      ]),
    );
    const sent = messages.flatMap(message =>
      message.role === 'assistant'
        ? (message.tool_calls ?? []).map(entry => (entry.type === 'function' ? entry.function.arguments : ''))
        : [],
    );
    assert.deepEqual(sent, ['{"a": 1 }', '{"a":1}', '{}', '{}']);
  });

  it('never sends reasoning, whoever wrote it', () => {
    const { messages } = toChatRequest(
      request(config('gpt-4.1'), [assistant('gpt-4.1', [{ type: 'reasoning', isNative: true, reasoning: 'secret' }, text('ok')])]),
    );
    assert.deepEqual(messages, [{ role: 'assistant', content: 'ok' }]);
  });

  it('sends images as data with the wanted detail', () => {
    assert.deepEqual(toChatRequest(request(config('gpt-4.1'), [picture('QUJD')])).messages[0]?.content, [
      { type: 'text', text: 'look' },
      { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD', detail: 'low' } },
    ]);
  });

  it('adapts to reasoning models: no temperature, another name of the limit, a developer instead of a system', () => {
    const fields = { maxTokens: 100, temperature: 0.3, frequencyPenalty: 1, reasoningEffort: 'low', verbosity: 'high' } as const;
    const sent = toChatRequest(request(config('o3', fields), [system('s')], { tools: [addTool], parallelToolCalls: true }));
    assert.deepEqual(
      [sent.max_completion_tokens, sent.max_tokens, sent.temperature, sent.frequency_penalty, sent.parallel_tool_calls],
      [100, undefined, undefined, undefined, undefined],
    );
    assert.deepEqual([sent.reasoning_effort, sent.verbosity, sent.messages[0]?.role], ['low', 'high', 'developer']);
  });

  it('names the output limit as the server knows it', () => {
    const limit = { maxTokens: 100 };
    assert.equal(toChatRequest(request(config('gpt-4.1', limit), [])).max_completion_tokens, 100);
    const local = toChatRequest(request(config('llama3', { ...limit, modelEndpoint: 'http://localhost:11434/v1' }), []));
    assert.deepEqual([local.max_tokens, local.max_completion_tokens], [100, undefined]);
  });

  it('offers tools with the choice that is wanted, and says nothing of choices without tools', () => {
    const offered = { tools: [addTool], parallelToolCalls: true };
    const choose = (toolChoice: Parameters<typeof request>[2]) =>
      toChatRequest(request(config('gpt-4.1'), [], { ...offered, ...toolChoice })).tool_choice;
    assert.equal(choose({ toolChoice: { type: 'required' } }), 'required');
    assert.deepEqual(choose({ toolChoice: { type: 'tool', name: 'add' } }), { type: 'function', function: { name: 'add' } });
    const without = toChatRequest(request(config('gpt-4.1'), [], { toolChoice: { type: 'required' }, parallelToolCalls: true }));
    assert.deepEqual([without.tools, without.tool_choice, without.parallel_tool_calls], [undefined, undefined, undefined]);
  });

  it('passes on the format of the response', () => {
    const jsonSchema = { name: 'city', schema: { type: 'object' }, strict: true };
    const sent = toChatRequest(request(config('gpt-4.1', { responseFormat: { type: 'json_schema', jsonSchema } }), []));
    assert.deepEqual(sent.response_format, { type: 'json_schema', json_schema: jsonSchema });
  });
});
