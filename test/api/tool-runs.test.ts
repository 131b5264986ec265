import assert from 'node:assert/strict';
import { useStack } from '../support/stack-client.js';

describe('tools that are run by a request', () => {
  const { letta, newAgent, stack } = useStack();
  let agentId: string;

  before(async () => {
    agentId = await newAgent({ tools: ['test_tool', 'core_memory_append'] });
  });
  afterEach(() => {
    stack.testTool = async () => Promise.resolve({ status: 'success', value: 'done' });
  });

  const run = (tool: string, args: Record<string, unknown> = {}) => letta.agents.tools.run(tool, { agent_id: agentId, args });

  it('give their return as the JSON that it is, and what they have printed', async () => {
    const seen: unknown[] = [];
    stack.testTool = async (call, args) => {
      seen.push({ ...args, agentId: call.agentId, runId: call.runId });
      return Promise.resolve({ status: 'success', value: { sum: [3, null] }, stdout: 'adding\0', stderr: '' });
    };
    assert.deepEqual(await run('test_tool', { a: 1 }), {
      status: 'success',
      func_return: { sum: [3, null] },
      agent_state: null,
      stdout: ['adding'],
      stderr: [],
      sandbox_config_fingerprint: null,
    });
    assert.deepEqual(seen, [{ a: 1, agentId, runId: null }]);
  });

  it('act for the agent, without a run of it', async () => {
    const { status } = await run('core_memory_append', { label: 'human', content: 'Likes herons.' });
    assert.equal(status, 'success');
    assert.match((await letta.agents.blocks.retrieve('human', { agent_id: agentId })).value, /Likes herons/);
    assert.equal((await letta.runs.list({ agent_id: agentId })).items.length, 0);
  });

  it('tell of what they did wrong with status 200', async () => {
    stack.testTool = () => Promise.reject(new TypeError('no such bird'));
    const failed = await run('test_tool');
    assert.equal(failed.status, 'error');
    assert.equal(failed.func_return, 'Error executing function test_tool: TypeError: no such bird');
  });

  it('are cut to the length that the tool allows', async () => {
    stack.testTool = async () => Promise.resolve({ status: 'success', value: 'x'.repeat(50_001), stdout: 'y'.repeat(50_001) });
    const { func_return: value, stdout } = await run('test_tool');
    const note = '... [NOTE: function output was truncated since it exceeded the character limit (50001 > 50000)]';
    assert.equal(value, `${'x'.repeat(50_000)}${note}`);
    assert.deepEqual(stdout, [`${'y'.repeat(50_000)}${note}`]);
  });

  it('run once for a request that is sent again', async () => {
    let calls = 0;
    stack.testTool = async () => Promise.resolve({ status: 'success', value: (calls += 1) });
    const again = { headers: { 'idempotency-key': 'once' } };
    const answers = await Promise.all([1, 2, 3].map(() => letta.agents.tools.run('test_tool', { agent_id: agentId, args: {} }, again)));
    assert.deepEqual(
      answers.map(answer => answer.func_return),
      [1, 1, 1],
    );
    assert.equal((await run('test_tool')).func_return, 2);
  });

  it('have to be attached', async () => {
    await assert.rejects(run('archival_memory_search'), { status: 404 });
    await assert.rejects(run('no_such_tool'), { status: 404 });
    const unknown = 'agent-00000000-0000-4000-8000-0000000000aa';
    await assert.rejects(letta.agents.tools.run('test_tool', { agent_id: unknown }), { status: 404 });
  });
});
