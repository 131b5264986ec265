import assert from 'node:assert/strict';
import { agentTools, insert, named, offered, returnsOf, search, test, useToolRules } from '../support/tool-rule-world.js';

describe('tool rules by the official SDK', () => {
  const { client, toolArguments, toolAnswers, agentWith, script, requestsOf, tell } = useToolRules();

  it('makes the model call the first tool, with the arguments that the rule prescribes, and no other before', async () => {
    const rules = [{ type: 'run_first', tool_name: 'test_tool', args: { text: 'prescribed' } }];
    const { requests, stopReason } = await tell(rules, [{ toolCalls: [test('my own')] }]);
    assert.deepEqual(offered(requests[0]), ['test_tool']);
    assert.deepEqual(requests[0]?.tool_choice, named('test_tool'));
    assert.deepEqual(toolArguments, [{ text: 'prescribed' }]);
    assert.deepEqual(offered(requests[1]), [...agentTools].sort());
    assert.equal(requests[1]?.tool_choice, 'auto');
    assert.equal(requests[1].messages.at(-2)?.tool_calls?.[0]?.function.arguments, '{"text":"prescribed"}', 'the model sees what was run');
    assert.equal(stopReason, 'end_turn');
  });

  it('streams a call with prescribed arguments as it is stored', async () => {
    const agentId = await agentWith([{ type: 'run_first', tool_name: 'test_tool', args: { text: 'prescribed' } }]);
    script([{ text: 'Let me see.', toolCalls: [{ name: 'test_tool', args: { text: 'own', more: 1 } }], pieceDelayMs: 5 }]);
    const joined = new Map<string, string>();
    const stream = await client.agents.messages.stream(agentId, { input: 'Go', stream_tokens: true });
    for await (const event of stream) {
      if (event.message_type !== 'tool_call_message') continue;
      const piece = event.tool_call.arguments ?? '';
      joined.set(event.id, (joined.get(event.id) ?? '') + piece);
    }
    const listed = (await client.agents.messages.list(agentId)).items.find(message => message.message_type === 'tool_call_message');
    assert.ok(listed?.message_type === 'tool_call_message');
    assert.equal(listed.tool_call.arguments, '{"text":"prescribed","more":1}');
    assert.deepEqual([...joined], [[listed.id, listed.tool_call.arguments]]);
  });

  it('ends the run when prescribed arguments do not fit the tool, without running it', async () => {
    const told = await tell([{ type: 'run_first', tool_name: 'test_tool', args: { text: 5, nonsense: 1 } }], [{ toolCalls: [test()] }]);
    assert.equal(told.stopReason, 'invalid_tool_call');
    assert.deepEqual(toolArguments, []);
    const [refused] = returnsOf(told);
    assert.equal(refused?.status, 'error');
    assert.match(
      String(refused.text),
      /^Invalid prefilled tool arguments from tool rules \(source=run_first\).*nonsense.*text must be string/,
    );
  });

  it('allows only the children of the last tool, and refuses any other call without running it', async () => {
    const rules = [{ type: 'constrain_child_tools', tool_name: 'memory_insert', children: ['memory_replace', 'conversation_search'] }];
    const told = await tell(rules, [{ toolCalls: [insert('a')] }, { toolCalls: [test()] }, { toolCalls: [search] }]);
    assert.deepEqual(offered(told.requests[0]), [...agentTools].sort());
    assert.deepEqual(offered(told.requests[1]), ['conversation_search', 'memory_replace']);
    assert.equal(told.requests[1]?.tool_choice, 'required');
    assert.deepEqual(toolArguments, []);
    const refused = returnsOf(told)[1];
    assert.equal(refused?.status, 'error');
    assert.match(
      String(refused.text),
      /^\[ToolConstraintError\] Cannot call test_tool, valid tools include: \[conversation_search, memory_replace\]/,
    );
    assert.deepEqual(offered(told.requests[2]), ['conversation_search', 'memory_replace'], 'a refused call does not count as the last one');
    assert.deepEqual(offered(told.requests[3]), [...agentTools].sort());
    assert.equal(told.stopReason, 'end_turn');
  });

  it('prescribes arguments for a child', async () => {
    const rules = [
      {
        type: 'constrain_child_tools',
        tool_name: 'memory_insert',
        children: ['test_tool'],
        child_arg_nodes: [{ name: 'test_tool', args: { text: 'from the rule' } }],
      },
    ];
    const { requests } = await tell(rules, [{ toolCalls: [insert('a')] }, { toolCalls: [test()] }, { toolCalls: [test('free')] }]);
    assert.deepEqual(requests[1]?.tool_choice, named('test_tool'));
    assert.deepEqual(toolArguments, [{ text: 'from the rule' }, { text: 'free' }]);
  });

  it('chooses the next tool by what the last one said', async () => {
    const conditional = (more: Readonly<Record<string, unknown>>) => [
      { type: 'conditional', tool_name: 'test_tool', child_output_mapping: { true: 'memory_insert', '7': 'memory_replace' }, ...more },
    ];
    const nextAfter = async (answer: string, more: Readonly<Record<string, unknown>> = {}): Promise<unknown[]> => {
      toolAnswers(answer);
      const { requests } = await tell(conditional(more), [{ toolCalls: [test()] }]);
      return [offered(requests[1]), requests[1]?.tool_choice];
    };
    assert.deepEqual(await nextAfter('True'), [['memory_insert'], named('memory_insert')]);
    assert.deepEqual(await nextAfter('7.0'), [['memory_replace'], named('memory_replace')]);
    assert.deepEqual(await nextAfter('neither'), [[...agentTools].sort(), 'required']);
    assert.deepEqual(await nextAfter('neither', { default_child: 'memory_replace' }), [['memory_replace'], named('memory_replace')]);
    assert.deepEqual(await nextAfter('neither', { require_output_mapping: true }), [[...agentTools].sort(), 'auto']);
  });

  it('allows a child only right after its parent', async () => {
    const rules = [{ type: 'parent_last_tool', tool_name: 'memory_insert', children: ['test_tool'] }];
    const told = await tell(rules, [{ toolCalls: [test()] }, { toolCalls: [insert('a')] }, { toolCalls: [test()] }]);
    const others = ['conversation_search', 'memory_insert', 'memory_replace'];
    assert.deepEqual(told.requests.map(offered), [others, others, ['test_tool'], others]);
    assert.deepEqual(told.requests[2]?.tool_choice, named('test_tool'));
    assert.equal(toolArguments.length, 1);
    assert.match(String(returnsOf(told)[0]?.text), /ToolConstraintError.*\n- test_tool can only be used after memory_insert/);
  });

  it('takes a tool away after as many calls as the rule allows, counted once each and anew in each run', async () => {
    const rules = [{ type: 'max_count_per_step', tool_name: 'test_tool', max_count_limit: 2 }];
    const { agentId, requests } = await tell(rules, [
      { toolCalls: [test()] },
      { toolCalls: [test()] },
      { toolCalls: [test()] },
      { text: 'Enough.' },
    ]);
    assert.deepEqual(
      requests.map(request => offered(request).includes('test_tool')),
      [true, true, false, false],
    );
    assert.equal(toolArguments.length, 2);
    script([]);
    await client.agents.messages.create(agentId, { input: 'Again' });
    assert.ok(offered(requestsOf(agentId).at(-1)).includes('test_tool'));
  });
});
