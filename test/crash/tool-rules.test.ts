import assert from 'node:assert/strict';
import type { Cluster } from '../support/cluster.js';
import { agentClient } from '../support/agent-client.js';
import { waitForEnd } from '../support/five-steps.js';
import { textOf } from '../support/mock-openai.js';
import type { MockReply } from '../support/mock-openai.js';
import { sharedCluster } from '../support/shared-cluster.js';

/** The history of a run's calls lives in its rows: a new worker goes on under the same rules. */
describe('kill -9 of the worker between the steps of an agent with tool rules', function () {
  this.timeout(120_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
  });

  it('leaves every rule in force: what was called before counts', async () => {
    const { letta, newAgent } = agentClient(cluster.url);
    const agentId = await newAgent({
      tools: ['test_tool', 'memory_insert', 'conversation_search'],
      include_base_tools: false,
      include_base_tool_rules: false,
      tool_rules: [
        { type: 'run_first', tool_name: 'test_tool', args: { text: 'first' } },
        { type: 'max_count_per_step', tool_name: 'test_tool', max_count_limit: 1 },
        { type: 'conditional', tool_name: 'test_tool', child_output_mapping: { 'called out': 'memory_insert' } },
        { type: 'required_before_exit', tool_name: 'memory_insert' },
      ],
    });
    const replies: readonly MockReply[] = [
      { toolCalls: [{ name: 'test_tool', args: {} }] },
      // What only a server that has forgotten the first call would allow.
      { toolCalls: [{ name: 'test_tool', args: { text: 'again' } }] },
      { toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'noted' } }] },
    ];
    cluster.mock.script = request =>
      replies[request.messages.filter(message => message.role === 'tool').length] ?? { text: 'All is done.' };
    let modelCalls = 0;
    cluster.onBoundary = async ({ activity, when }) => {
      if (activity !== 'callModel' || when !== 'before') return;
      modelCalls += 1;
      if (modelCalls !== 2) return;
      cluster.kill('worker');
      await cluster.start('worker');
    };
    const run = await letta.agents.messages.createAsync(agentId, { input: 'Go' });
    const ended = await waitForEnd(cluster, { agentId, runId: run.id });
    assert.equal(ended['stop_reason'], 'end_turn', JSON.stringify(ended));
    assert.ok(modelCalls > 4, 'the worker was killed and the step was repeated');
    assert.deepEqual(
      cluster.effects.map(effect => effect.args),
      [{ text: 'first' }],
      'the tool called out once, with the arguments of the rule',
    );
    const requests = cluster.mock.seen.map(({ request }) => request).filter(request => textOf(request.messages[0]).includes(agentId));
    assert.deepEqual(
      requests.map(request => (request.tools ?? []).map(tool => tool.function.name)),
      [['test_tool'], ['memory_insert'], ['memory_insert'], ['conversation_search', 'memory_insert']],
    );
    const returns = (await letta.runs.messages.list(run.id)).items.filter(message => message.message_type === 'tool_return_message');
    assert.deepEqual(
      returns.map(message => message.message_type === 'tool_return_message' && message.status),
      ['success', 'error', 'success'],
    );
  });
});
