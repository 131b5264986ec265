import assert from 'node:assert/strict';
import { contentOf } from '../support/agent-client.js';
import { textOf } from '../support/mock-openai.js';
import { agentTools, insert, named, offered, returnsOf, search, test, useToolRules } from '../support/tool-rule-world.js';

describe('the runs of an agent with tool rules, by the official SDK', () => {
  const { client, toolArguments, agentWith, script, requestsOf, tell } = useToolRules();

  it('does not let a run end before the tools that have to be called were', async () => {
    const rules = [
      { type: 'required_before_exit', tool_name: 'test_tool' },
      { type: 'exit_loop', tool_name: 'memory_insert' },
    ];
    const told = await tell(rules, [
      { text: 'I am done.' },
      { toolCalls: [insert('a')] },
      { toolCalls: [test()] },
      { toolCalls: [insert('b')] },
    ]);
    assert.equal(told.stopReason, 'tool_rule');
    assert.equal(told.requests.length, 4);
    for (const index of [1, 2]) {
      const last = told.requests[index]?.messages.at(-1);
      assert.equal(last?.role, 'user');
      assert.match(textOf(last), /"type":"heartbeat".*ToolRuleViolated.*test_tool/);
    }
    assert.equal(told.requests[3]?.messages.at(-1)?.role, 'tool');
  });

  it('stops at max_steps when a tool that has to be called never is', async () => {
    const agentId = await agentWith([{ type: 'required_before_exit', tool_name: 'test_tool' }]);
    script([]);
    const answer = await client.agents.messages.create(agentId, { input: 'Go', max_steps: 2 });
    assert.equal(answer.stop_reason.stop_reason, 'max_steps');
    assert.equal(answer.usage.step_count, 2);
  });

  it('lets a response hold several calls only where rules allow it, and keeps and streams only the first elsewhere', async () => {
    const two = [{ toolCalls: [test('one'), test('two')] }];
    const parallel = { model_settings: { parallel_tool_calls: true } };
    const apart = await tell([{ type: 'requires_approval', tool_name: 'memory_replace' }], two, parallel);
    assert.equal(apart.requests[0]?.parallel_tool_calls, true);
    assert.deepEqual(toolArguments, [{ text: 'one' }, { text: 'two' }]);
    toolArguments.length = 0;
    const agentId = await agentWith([{ type: 'max_count_per_step', tool_name: 'test_tool', max_count_limit: 5 }], parallel);
    script(two);
    const names: string[] = [];
    const stream = await client.agents.messages.stream(agentId, { input: 'Go', stream_tokens: true });
    for await (const event of stream) if (event.message_type === 'tool_call_message') names.push(event.tool_call.arguments ?? '');
    assert.equal(requestsOf(agentId)[0]?.parallel_tool_calls, false);
    assert.deepEqual(toolArguments, [{ text: 'one' }]);
    assert.equal(names.join(''), '{"text":"one"}');
    const listed = (await client.agents.messages.list(agentId)).items.filter(message => message.message_type === 'tool_call_message');
    assert.deepEqual(
      listed.map(message => message.message_type === 'tool_call_message' && message.tool_call.arguments),
      ['{"text":"one"}'],
    );
  });

  it('leads the older kinds on after a tool that has children, and tells them why', async () => {
    const rules = [
      { type: 'constrain_child_tools', tool_name: 'test_tool', children: ['memory_insert'] },
      { type: 'exit_loop', tool_name: 'send_message' },
    ];
    const replies = [
      { toolCalls: [{ name: 'test_tool', args: { text: 'x', request_heartbeat: false } }] },
      { toolCalls: [{ name: 'conversation_search', args: { query: 'x', request_heartbeat: false } }] },
      { toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'a', request_heartbeat: false } }] },
    ];
    const told = await tell(rules, replies, { agent_type: 'memgpt_v2_agent', tools: [...agentTools, 'send_message'] });
    assert.equal(told.requests[0]?.tool_choice, 'required');
    assert.deepEqual(told.requests[1]?.tool_choice, named('memory_insert'));
    assert.match(textOf(told.requests[1].messages.at(-1)), /heartbeat.*test_tool/);
    assert.match(textOf(told.requests[2]?.messages.at(-1)), /heartbeat.*tool rule/);
    assert.equal(told.requests.length, 3);
    assert.equal(told.stopReason, 'end_turn');
  });

  it('looks back across an approval: what ran before, what was allowed and what the client ran all count', async () => {
    const agentId = await agentWith([
      { type: 'run_first', tool_name: 'memory_insert' },
      { type: 'requires_approval', tool_name: 'test_tool' },
      { type: 'max_count_per_step', tool_name: 'test_tool', max_count_limit: 1 },
      { type: 'constrain_child_tools', tool_name: 'test_tool', children: ['own_tool'] },
      { type: 'conditional', tool_name: 'own_tool', child_output_mapping: { 'go on': 'conversation_search' } },
      { type: 'required_before_exit', tool_name: 'conversation_search' },
    ]);
    const clientTools = [{ name: 'own_tool', parameters: { type: 'object', properties: {} } }];
    script([
      { toolCalls: [insert('a')] },
      { toolCalls: [test()] },
      { toolCalls: [{ name: 'own_tool', args: {} }] },
      { toolCalls: [search] },
    ]);
    const ask = await client.agents.messages.create(agentId, { input: 'Go', client_tools: clientTools });
    assert.equal(ask.stop_reason.stop_reason, 'requires_approval');
    const asked = ({ messages }: typeof ask): string => {
      const request = messages.find(message => message.message_type === 'approval_request_message');
      return (request?.message_type === 'approval_request_message' && request.tool_call.tool_call_id) || '';
    };
    const allowed = await client.agents.messages.create(agentId, {
      messages: [{ type: 'approval', approvals: [{ type: 'approval', tool_call_id: asked(ask), approve: true }] }],
      client_tools: clientTools,
    });
    assert.equal(allowed.stop_reason.stop_reason, 'requires_approval');
    const done = await client.agents.messages.create(agentId, {
      messages: [
        { type: 'approval', approvals: [{ type: 'tool', tool_call_id: asked(allowed), tool_return: 'go on', status: 'success' }] },
      ],
      client_tools: clientTools,
    });
    assert.equal(done.stop_reason.stop_reason, 'end_turn');
    const requests = requestsOf(agentId);
    assert.deepEqual(
      requests.map(request => [offered(request), request.tool_choice]),
      [
        [['memory_insert'], named('memory_insert')],
        [[...agentTools, 'own_tool'].sort(), 'auto'],
        [['own_tool'], named('own_tool')],
        [['conversation_search'], named('conversation_search')],
        [['conversation_search', 'memory_insert', 'memory_replace', 'own_tool'], 'auto'],
      ],
    );
    assert.equal(toolArguments.length, 1);
  });

  it('puts no call before the client that a rule refuses', async () => {
    const rules = [
      { type: 'run_first', tool_name: 'memory_insert' },
      { type: 'requires_approval', tool_name: 'test_tool' },
    ];
    const told = await tell(rules, [{ toolCalls: [test()] }, { toolCalls: [insert('a')] }]);
    assert.equal(told.stopReason, 'end_turn');
    assert.match(String(returnsOf(told)[0]?.text), /ToolConstraintError/);
  });

  it('tells the model of new rules from the next message on', async () => {
    const { agentId, requests } = await tell([], []);
    assert.doesNotMatch(textOf(requests[0]?.messages[0]), /tool_usage_rules/);
    await client.agents.update(agentId, {
      tool_rules: [{ type: 'max_count_per_step', tool_name: 'test_tool', max_count_limit: 3 }],
    });
    script([]);
    await client.agents.messages.create(agentId, { input: 'Again' });
    assert.match(
      textOf(requestsOf(agentId).at(-1)?.messages[0]),
      /<tool_usage_rules>[\s\S]*test_tool: at most 3 use\(s\) per response[\s\S]*<\/tool_usage_rules>/,
    );
  });

  it('reports an unknown tool to the model as one that cannot be called', async () => {
    const told = await tell([], [{ toolCalls: [{ name: 'no_such_tool', args: {} }] }]);
    assert.match(String(returnsOf(told)[0]?.text), /Cannot call no_such_tool, valid tools include: \[/);
    assert.equal(contentOf(told.messages.at(-1)), 'Done.');
  });
});
