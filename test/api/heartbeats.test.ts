import assert from 'node:assert/strict';
import { textOf } from '../support/mock-openai.js';
import type { MockReply, MockRequest } from '../support/mock-openai.js';
import { dataOf, framesOf } from '../support/read-sse.js';
import { useStack } from '../support/stack-client.js';

describe('the steps of the older kinds of agents', () => {
  const client = useStack();
  const { stack } = client;
  let asked: MockRequest[];

  beforeEach(() => {
    stack.testTool = () => Promise.resolve({ status: 'success', value: 'done' });
  });

  const script = (...replies: readonly MockReply[]): void => {
    asked = [];
    stack.mock.script = request => {
      asked.push(request);
      return replies[asked.length - 1] ?? { text: 'one too many' };
    };
  };
  const call = (name: string, args: Readonly<Record<string, unknown>>): MockReply => ({ toolCalls: [{ name, args }] });
  /** A tool of the kind's own, which its default rules let nothing end with. */
  const note = call('core_memory_append', { label: 'human', content: 'Likes tea', request_heartbeat: false });
  const speak = call('send_message', { message: 'Hello there!', request_heartbeat: false });
  const older = () => client.newAgent({ agent_type: 'memgpt_agent', tools: ['test_tool'] });

  it('fail the run with no_tool_call when the model calls none, blocking as well as streaming, and the agent goes on', async () => {
    const agentId = await older();
    const message = 'The model answered without calling a tool, which this type of agent needs in every step.';
    script({ text: 'I only think.' });
    const response = await client.send(agentId, { input: 'Hi' });
    assert.equal(response.status, 500);
    const body = (await response.json()) as { error: { type: string; message: string } };
    assert.deepEqual([body.error.type, body.error.message], ['llm_error', message], JSON.stringify(body));
    assert.equal(asked.length, 1);
    const [run] = (await client.letta.runs.list({ agent_id: agentId })).items;
    assert.deepEqual([run?.status, run?.stop_reason], ['failed', 'no_tool_call']);
    assert.ok(run);
    const stream = await fetch(`${stack.url}/v1/runs/${run.id}/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ include_pings: false }),
    });
    const ends = (await framesOf(stream)).slice(-3, -1).map(dataOf);
    assert.deepEqual(
      ends.map(event => [event.message_type, event['stop_reason'] ?? event['error_type']]),
      [
        ['stop_reason', 'no_tool_call'],
        ['error_message', 'llm_error'],
      ],
    );
    script(speak);
    assert.equal((await client.send(agentId, { input: 'Once more' })).status, 200);
    assert.ok(
      asked[0]?.messages.some(said => said.role === 'user' && textOf(said).includes('Hi')),
      'the input is kept',
    );
  });

  it('go on when a call asks for a heartbeat, which the model is told', async () => {
    script(call('test_tool', { text: 'x', request_heartbeat: true }), speak);
    const answer = await client.letta.agents.messages.create(await older(), { input: 'Go' });
    assert.deepEqual([answer.usage.step_count, answer.stop_reason.stop_reason], [2, 'end_turn']);
    const last = asked[1]?.messages.at(-1);
    assert.equal(last?.role, 'user');
    assert.match(textOf(last), /"type":"heartbeat".*request_heartbeat=true/);
  });

  it('end when a call asks for none, unless its tool has to be followed by a step', async () => {
    script(call('test_tool', { text: 'x', request_heartbeat: false }));
    const answer = await client.letta.agents.messages.create(await older(), { input: 'Go' });
    assert.deepEqual([answer.usage.step_count, answer.stop_reason.stop_reason], [1, 'end_turn']);
    assert.equal(asked.length, 1);
    script(note, speak);
    assert.equal((await client.letta.agents.messages.create(await older(), { input: 'I like tea' })).usage.step_count, 2);
    assert.match(textOf(asked[1]?.messages.at(-1)), /"type":"heartbeat".*has to be followed by another step/);
  });
});
