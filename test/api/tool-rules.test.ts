import assert from 'node:assert/strict';
import type { Letta } from '@letta-ai/letta-client';
import { agentClient, contentOf } from '../support/agent-client.js';
import type { AgentClient } from '../support/agent-client.js';
import { textOf } from '../support/mock-openai.js';
import type { MockReply, MockRequest } from '../support/mock-openai.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

type Rules = readonly Readonly<Record<string, unknown>>[];

interface Told {
  readonly agentId: string;
  /** The requests that the model got, in order. */
  readonly requests: readonly MockRequest[];
  readonly stopReason: string;
  readonly messages: readonly Readonly<Record<string, unknown>>[];
}

const agentTools = ['test_tool', 'memory_insert', 'memory_replace', 'conversation_search'];
const insert = (line: string) => ({ name: 'memory_insert', args: { label: 'human', new_string: line } });
const test = (text = 'x') => ({ name: 'test_tool', args: { text } });
const search = { name: 'conversation_search', args: { query: 'x' } };

const offered = (request: MockRequest | undefined): string[] => (request?.tools ?? []).map(tool => tool.function.name).sort();
const named = (name: string) => ({ type: 'function', function: { name } });

describe('tool rules by the official SDK', () => {
  let stack: Stack;
  let client: Letta;
  let newAgent: AgentClient['newAgent'];
  let toolArguments: Readonly<Record<string, unknown>>[];

  before(async () => {
    stack = await sharedStack();
    ({ letta: client, newAgent } = agentClient(stack.url));
  });
  beforeEach(() => {
    toolArguments = [];
    toolAnswers('done');
  });

  /** What test_tool answers, call by call; the last one again and again. */
  function toolAnswers(...answers: readonly string[]): void {
    const left = [...answers];
    stack.testTool = (_call, args) => {
      toolArguments.push(args);
      return Promise.resolve({ status: 'success', value: (left.length > 1 ? left.shift() : left[0]) ?? 'done' });
    };
  }

  const agentWith = (rules: Rules, more: Readonly<Record<string, unknown>> = {}): Promise<string> =>
    newAgent({ tools: agentTools, include_base_tools: false, include_base_tool_rules: false, tool_rules: rules, ...more });

  function script(replies: readonly MockReply[]): void {
    const left = [...replies];
    stack.mock.script = () => left.shift() ?? { text: 'Done.' };
  }

  const requestsOf = (agentId: string): MockRequest[] =>
    stack.mock.seen.filter(({ request }) => textOf(request.messages[0]).includes(agentId)).map(({ request }) => request);

  /** One message to a new agent with these rules, whose model gives these answers and then says that it is done. */
  async function tell(rules: Rules, replies: readonly MockReply[], more: Readonly<Record<string, unknown>> = {}): Promise<Told> {
    const agentId = await agentWith(rules, more);
    script(replies);
    const answer = await client.agents.messages.create(agentId, { input: 'Go', max_steps: 8 });
    const messages = answer.messages as unknown as Told['messages'];
    return { agentId, requests: requestsOf(agentId), stopReason: answer.stop_reason.stop_reason, messages };
  }

  const returnsOf = ({ messages }: Told): { status: unknown; text: unknown }[] =>
    messages
      .filter(message => message['message_type'] === 'tool_return_message')
      .map(message => ({ status: message['status'], text: message['tool_return'] }));

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
    toolArguments = [];
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
