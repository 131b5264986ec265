import assert from 'node:assert/strict';
import { until } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

const nobody = '00000000-0000-4000-8000-000000000000';

describe('traces by the official SDK', () => {
  const { stack, letta: client, newAgent, send } = useStack();

  const runOf = async (agentId: string): Promise<string> => (await client.runs.list({ agent_id: agentId, limit: 1 })).items[0]?.id ?? '';

  it('show the request and the response of each model call as they were on the wire', async () => {
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool'
        ? { text: 'Done.' }
        : { toolCalls: [{ name: 'test_tool', args: { text: 'x' }, id: 'call_9' }] };
    const agentId = await newAgent({ tools: ['test_tool'], tags: ['blue'] });
    const before = stack.mock.seen.length;
    await send(agentId, { input: 'go' });
    const asked = stack.mock.seen.slice(before).map(({ request }) => request);
    const runId = await runOf(agentId);
    const steps = (await client.runs.steps.list(runId, { order: 'asc' })).items;
    const [first, second] = await Promise.all(steps.map(step => client.steps.trace.retrieve(step.id)));
    assert.ok(first && second);
    assert.deepEqual([first.request_json, second.request_json], asked);
    assert.match(first.id ?? '', /^provider_trace-/);
    assert.equal(first.step_id, steps[0]?.id);
    assert.equal(first.run_id, runId);
    assert.equal(first.agent_id, agentId);
    assert.deepEqual(first.agent_tags, ['blue']);
    assert.equal(first.call_type, 'agent_step');
    assert.equal(
      (first.response_json as { choices: { message: { tool_calls: { id: string }[] } }[] }).choices[0]?.message.tool_calls[0]?.id,
      'call_9',
    );
    assert.equal((second.response_json as { choices: { message: { content: string } }[] }).choices[0]?.message.content, 'Done.');
    const old = await fetch(`${stack.url}/v1/telemetry/${steps[0]?.id}`);
    assert.deepEqual(await old.json(), JSON.parse(JSON.stringify(first)));
    const all = await client.runs.trace.retrieve(runId);
    assert.deepEqual(
      all.map(trace => trace['id']),
      [first.id, second.id],
    );
    assert.equal((await client.runs.trace.retrieve(runId, { limit: 1 })).length, 1);
  });

  it('hold no secrets: neither headers, nor what is named or shaped like one', async () => {
    stack.mock.script = () => ({ text: 'Your key is sk-answer0123456789.' });
    const agentId = await newAgent();
    await send(agentId, { input: 'Use "api_key": "abc-door-key" and sk-question0123456789.' });
    const [trace] = await client.runs.trace.retrieve(await runOf(agentId));
    const text = JSON.stringify(trace);
    assert.doesNotMatch(text, /abc-door-key|sk-question|sk-answer|sk-test|authorization/i);
    assert.match(text, /Your key is \[redacted\]/);
    const stored = await stack.backend.database.query<{ text: string }>(
      'select request::text || response::text as text from provider_traces where agent_id = $1',
      [agentId],
    );
    assert.doesNotMatch(stored[0]?.text ?? 'sk-none', /abc-door-key|sk-/);
  });

  it('show what a provider refused, and why', async () => {
    stack.mock.script = () => ({ error: { status: 400, body: { error: { message: 'tools are not my thing' } } } });
    const agentId = await newAgent();
    await send(agentId, { input: 'go' });
    const [trace] = await client.runs.trace.retrieve(await runOf(agentId));
    assert.match(JSON.stringify(trace?.['response_json']), /"type":"llm_bad_request".*tools are not my thing/);
  });

  it('show the calls of compactions as well', async () => {
    stack.mock.script = () => ({ text: 'ok' });
    const agentId = await newAgent();
    for (let index = 0; index < 4; index += 1) await send(agentId, { input: `fact ${index}` });
    let overflowed = false;
    stack.mock.script = request => {
      if (overflowed || textOf(request.messages[0]).startsWith('You keep the memory')) return { text: 'summary' };
      overflowed = true;
      return { error: { status: 400, body: { error: { message: 'maximum context length', code: 'context_length_exceeded' } } } };
    };
    await send(agentId, { input: 'too much' });
    const runId = await runOf(agentId);
    const traces = await client.runs.trace.retrieve(runId);
    assert.deepEqual(
      traces.map(trace => trace['call_type']),
      ['agent_step', 'summarization', 'agent_step'],
    );
    const [step] = (await client.runs.steps.list(runId)).items;
    assert.equal((await client.steps.trace.retrieve(step?.id ?? ''))?.id, traces[2]?.['id'], 'the step shows the call that was answered');
  });

  it('are null where nothing went over a wire, and 404 where there is no such step or run', async () => {
    const agent = await client.agents.create({ model: 'perdura/demo' });
    await send(agent.id, { input: 'hello' });
    const [step] = (await client.steps.list({ agent_id: agent.id })).items;
    assert.equal(await client.steps.trace.retrieve(step?.id ?? ''), null);
    await assert.rejects(client.steps.trace.retrieve(`step-${nobody}`), { status: 404 });
    await assert.rejects(client.runs.trace.retrieve(`run-${nobody}`), { status: 404 });
  });

  it('go when their days are over', async () => {
    stack.mock.script = () => ({ text: 'ok' });
    const agentId = await newAgent();
    await send(agentId, { input: 'old' });
    const old = await runOf(agentId);
    await send(agentId, { input: 'new' });
    const young = await runOf(agentId);
    await stack.backend.database.query("update provider_traces set created_at = now() - interval '15 days' where run_id = $1", [old]);
    await stack.backend.temporal.client.schedule.getHandle('perdura-retention').trigger();
    await until(async () => (await client.runs.trace.retrieve(old)).length === 0);
    assert.equal((await client.runs.trace.retrieve(young)).length, 1);
  });
});
