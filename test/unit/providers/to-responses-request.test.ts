import assert from 'node:assert/strict';
import type { AssistantPart } from '../../../src/domain/messages/content.js';
import { toResponsesRequest } from '../../../src/providers/llm/openai/to-responses-request.js';
import { addTool, assistant, call, config, picture, request, returns, system, text, user } from '../../providers/model-calls.js';

const thought: AssistantPart = { type: 'summarized_reasoning', id: 'rs_1', summary: [{ index: 0, text: 'hm' }], encryptedContent: 'ENC' };
const sentThought = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'ENC' };

describe('toResponsesRequest', () => {
  it('sends the history with the instructions apart and later system messages in their place', () => {
    const sent = toResponsesRequest(
      request(config('gpt-5'), [
        system('be kind'),
        user('add'),
        assistant('gpt-5', [thought, text('ok')], [call('a')]),
        returns(['a', '1']),
        system('a note'),
      ]),
    );
    assert.equal(sent.instructions, 'be kind');
    assert.deepEqual(sent.input, [
      { role: 'user', content: [{ type: 'input_text', text: 'add' }] },
      sentThought,
      { role: 'assistant', content: 'ok' },
      { type: 'function_call', call_id: 'a', name: 'add', arguments: '{"a":1}' },
      { type: 'function_call_output', call_id: 'a', output: '1' },
      { role: 'developer', content: 'a note' },
    ]);
  });

  it('keeps everything on our side and asks for encrypted reasoning', () => {
    const sent = toResponsesRequest(request(config('gpt-5', { reasoningEffort: 'low' }), []));
    assert.deepEqual(
      [sent.store, sent.include, sent.reasoning],
      [false, ['reasoning.encrypted_content'], { summary: 'auto', effort: 'low' }],
    );
  });

  it('asks for no summary where there is to be no reasoning', () => {
    assert.deepEqual(toResponsesRequest(request(config('gpt-5.1', { reasoningEffort: 'none' }), [])).reasoning, { effort: 'none' });
  });

  it('gives reasoning back to its own model alone, in its order, and never without what it led to', () => {
    const input = (model: string, content: readonly AssistantPart[]) =>
      toResponsesRequest(request(config('gpt-5'), [assistant(model, content)])).input;
    assert.deepEqual(input('gpt-5', [thought, text('a'), thought, text('b')]), [
      sentThought,
      { role: 'assistant', content: 'a' },
      sentThought,
      { role: 'assistant', content: 'b' },
    ]);
    assert.deepEqual(input('o3', [thought, text('a')]), [{ role: 'assistant', content: 'a' }]);
    assert.deepEqual(input('gpt-5', [text('a'), thought]), [{ role: 'assistant', content: 'a' }]);
    assert.deepEqual(input('gpt-5', [thought]), []);
  });

  it('offers tools, images, limits and formats in its own form', () => {
    const jsonSchema = { name: 'city', schema: { type: 'object' }, strict: true };
    const fields = { maxTokens: 50, verbosity: 'low', responseFormat: { type: 'json_schema', jsonSchema } } as const;
    const sent = toResponsesRequest(request(config('gpt-5', fields), [picture('QUJD')], { tools: [addTool], parallelToolCalls: true }));
    assert.deepEqual(sent.tools, [{ type: 'function', ...addTool, strict: false }]);
    assert.deepEqual([sent.tool_choice, sent.parallel_tool_calls, sent.max_output_tokens, sent.temperature], ['auto', true, 50, undefined]);
    assert.deepEqual(sent.text, { verbosity: 'low', format: { type: 'json_schema', ...jsonSchema } });
    assert.deepEqual(sent.input, [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'look' },
          { type: 'input_image', image_url: 'data:image/png;base64,QUJD', detail: 'low' },
        ],
      },
    ]);
  });
});
