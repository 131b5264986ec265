import assert from 'node:assert/strict';
import { contentOf } from '../support/agent-client.js';
import type { MockReply, MockRequest } from '../support/mock-openai.js';
import type { MockUsage } from '../support/mock-reply.js';
import { useStack } from '../support/stack-client.js';

interface Ended {
  readonly id: string;
  readonly status: string;
  readonly stop_reason: string;
  readonly cost: number | null;
  readonly metadata: { readonly error?: { readonly error_type: string; readonly message: string } };
}

/** The mock's model costs $0.001 a token of prompt, half of that from the cache, and $0.002 a token of answer. */
const counted = (input: number, output: number): MockUsage => ({ input, output });

describe('budgets and costs by the official SDK', () => {
  const { stack, letta: client, newAgent, send } = useStack();
  let asked: MockRequest[];

  const script = (reply: (request: MockRequest, index: number) => MockReply): void => {
    asked = [];
    stack.mock.script = request => {
      asked.push(request);
      return reply(request, asked.length - 1);
    };
  };
  /** Goes on for as long as it may. */
  const loop = (usage = counted(5000, 100)) => script(() => ({ toolCalls: [{ name: 'test_tool', args: { text: 'x' } }], usage }));
  const lastRun = async (agentId: string): Promise<Ended> => {
    const [run] = (await client.runs.list({ agent_id: agentId, limit: 1 })).items;
    return run as unknown as Ended;
  };
  const small = (more: Readonly<Record<string, unknown>> = {}) =>
    newAgent({ system: 'Be brief.', tools: ['test_tool'], include_base_tools: false, ...more });

  it('tell what each step, its run and the answer have cost, cached tokens and reasoning told apart', async () => {
    const usage = { ...counted(100, 20), cached: 40, reasoning: 7 };
    script((_, index) => (index === 0 ? { toolCalls: [{ name: 'test_tool', args: {} }], usage } : { text: 'Done.', usage }));
    const agentId = await small();
    const body = (await (await send(agentId, { input: 'go' })).json()) as { usage: Record<string, unknown> };
    const each = 60 * 0.001 + 40 * 0.0005 + 20 * 0.002;
    assert.ok(Math.abs(Number(body.usage['cost']) - 2 * each) < 1e-9);
    assert.equal(body.usage['cached_input_tokens'], 80);
    assert.equal(body.usage['reasoning_tokens'], 14);
    const run = await lastRun(agentId);
    assert.ok(Math.abs(Number(run.cost) - 2 * each) < 1e-9);
    const steps = (await client.runs.steps.list(run.id)).items as unknown as {
      cost: number;
      cached_input_tokens: number;
      reasoning_tokens: number;
    }[];
    for (const step of steps) {
      assert.ok(Math.abs(step.cost - each) < 1e-9);
      assert.deepEqual([step.cached_input_tokens, step.reasoning_tokens], [40, 7]);
    }
    const sums = await client.runs.usage.retrieve(run.id);
    assert.equal(sums.prompt_tokens_details?.cached_tokens, 80);
    assert.equal(sums.completion_tokens_details?.reasoning_tokens, 14);
    assert.ok(Math.abs(Number((sums as unknown as { cost: number }).cost) - 2 * each) < 1e-9);
  });

  it('tell no cost where nobody has said the price, and none where there is none', async () => {
    script(() => ({ text: 'Hello' }));
    const unpriced = await newAgent({
      model: undefined,
      llm_config: {
        model: 'no-price',
        handle: 'openai/no-price',
        provider_name: 'openai',
        model_endpoint_type: 'openai',
        context_window: 8000,
      },
    });
    await send(unpriced, { input: 'hi' });
    assert.equal((await lastRun(unpriced)).cost, null);
    const free = await newAgent({ model: 'perdura/demo' });
    await send(free, { input: 'hi' });
    assert.equal((await lastRun(free)).cost, 0);
  });

  it('stop a run before the call that would exceed its tokens, and bound the answer by what is left', async () => {
    loop();
    const agentId = await small();
    const response = await send(agentId, { input: 'go', budget: { max_tokens: 11_000 } });
    assert.equal(response.status, 402);
    const { error } = (await response.json()) as { error: { type: string; message: string } };
    assert.equal(error.type, 'budget_exceeded');
    assert.match(
      error.message,
      /The run's budget is 11000 tokens \(max_tokens\), 10200 of them are used up, and the next model call would take about \d+/,
    );
    assert.equal(asked.length, 2, 'the provider never saw the third call');
    assert.ok(asked.every((request, index) => (request.max_tokens ?? Infinity) <= 11_000 - index * 5100));
    const run = await lastRun(agentId);
    assert.deepEqual([run.status, run.stop_reason, run.metadata.error?.error_type], ['failed', 'budget_exceeded', 'budget_exceeded']);
    script(() => ({ text: 'I go on.' }));
    assert.equal((await send(agentId, { input: 'and now?' })).status, 200, 'the agent goes on');
  });

  it('refuse even the first call when its prompt alone is too long', async () => {
    script(() => ({ text: 'never' }));
    const agentId = await small();
    assert.equal((await send(agentId, { input: 'word '.repeat(500), budget: { max_tokens: 300 } })).status, 402);
    assert.equal(asked.length, 0);
    assert.equal((await lastRun(agentId)).stop_reason, 'budget_exceeded');
  });

  it('stop a run before the call that would exceed its cost', async () => {
    loop(counted(1000, 100));
    const agentId = await small();
    const response = await send(agentId, { input: 'go', budget: { max_cost: 3 } });
    assert.equal(response.status, 402);
    assert.match(await response.text(), /The run's budget is \$3 \(max_cost\), \$2\.4 of it are used up/);
    assert.equal(asked.length, 2, 'each call has cost $1.20');
    const left = asked.map((request, index) => (3 - index * 1.2) / 0.002 - (request.max_tokens ?? Infinity));
    assert.ok(
      left.every(tokens => tokens > 0),
      'prompt and answer fit together into what is left',
    );
  });

  it('refuse a cost limit for a model without a price', async () => {
    script(() => ({ text: 'never' }));
    const agentId = await newAgent({
      model: undefined,
      llm_config: {
        model: 'no-price',
        handle: 'openai/no-price',
        provider_name: 'openai',
        model_endpoint_type: 'openai',
        context_window: 8000,
      },
    });
    const response = await send(agentId, { input: 'go', budget: { max_cost: 1 } });
    assert.match(await response.text(), /nobody has said what openai\/no-price costs: see PERDURA_PRICES_FILE/);
    assert.equal(asked.length, 0);
  });

  it('end a run whose answer the rest of a budget has cut off, and keep the text', async () => {
    script(() => ({ text: 'The beginning', finish: 'length' }));
    const agentId = await small();
    const response = await send(agentId, { input: 'go', budget: { max_tokens: 600 } });
    assert.equal(response.status, 402);
    assert.match(await response.text(), /the answer was cut off after the \d+ tokens that were left/);
    const stored = (await client.runs.messages.list((await lastRun(agentId)).id)).items;
    assert.equal(contentOf(stored.at(-1)), 'The beginning');
    const plain = await send(agentId, { input: 'go' });
    assert.equal(((await plain.json()) as { stop_reason: { stop_reason: string } }).stop_reason.stop_reason, 'max_tokens_exceeded');
    assert.equal((await lastRun(agentId)).status, 'failed', "the model's own limit is V1's stop reason");
  });

  it('count steps: the budget fails the run, max_steps completes it', async () => {
    loop();
    const agentId = await small();
    const response = await send(agentId, { input: 'go', budget: { max_steps: 2 } });
    assert.equal(response.status, 402);
    assert.match(await response.text(), /budget of 2 steps/);
    assert.equal(asked.length, 2);
    assert.equal((await client.runs.steps.list((await lastRun(agentId)).id)).items.length, 2);
    loop();
    await send(agentId, { input: 'go', max_steps: 2, budget: { max_steps: 3 } });
    assert.equal(asked.length, 2);
    const run = await lastRun(agentId);
    assert.deepEqual([run.status, run.stop_reason], ['completed', 'max_steps']);
  });

  it('cancel the model call that is running when the time is over, and keep its text', async () => {
    script(() => ({ text: 'word '.repeat(2000), pieceDelayMs: 20 }));
    const agentId = await small();
    const response = await send(agentId, { input: 'go', budget: { max_seconds: 1 } });
    assert.equal(response.status, 402);
    assert.match(await response.text(), /budget of 1 seconds \(max_seconds\)/);
    const run = await lastRun(agentId);
    assert.deepEqual([run.status, run.stop_reason], ['failed', 'budget_exceeded']);
    const [text] = (await client.runs.messages.list(run.id)).items.filter(message => message.message_type === 'assistant_message');
    assert.match(String(contentOf(text)), /^(word )+$/);
    script(() => ({ text: 'I go on.' }));
    assert.equal((await send(agentId, { input: 'and now?' })).status, 200);
  });

  it('cancel the tool that is running when the time is over', async () => {
    loop();
    let aborted = false;
    stack.testTool = (_call, _args, signal) =>
      new Promise(resolve => {
        signal.addEventListener('abort', () => {
          aborted = true;
          resolve({ status: 'error', value: 'stopped' });
        });
      });
    const agentId = await small();
    const response = await send(agentId, { input: 'go', budget: { max_seconds: 1 } });
    assert.equal(response.status, 402);
    assert.equal((await lastRun(agentId)).stop_reason, 'budget_exceeded');
    assert.equal(asked.length, 1);
    while (!aborted) await new Promise(resolve => setTimeout(resolve, 50));
  });

  it("take the agent's limits where the request has none", async () => {
    loop();
    stack.testTool = async () => ({ status: 'success', value: 'done' });
    const agentId = await small({ budget: { max_steps: 1, max_tokens: 1_000_000 } });
    assert.equal((await send(agentId, { input: 'go' })).status, 402);
    assert.equal(asked.length, 1);
    loop();
    await send(agentId, { input: 'go', budget: { max_steps: 3 } });
    assert.equal(asked.length, 3);
    const patch = await fetch(`${stack.url}/v1/agents/${agentId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ budget: {} }),
    });
    const limits = { max_steps: null, max_tokens: null, max_cost: null, max_seconds: null, total: null };
    assert.deepEqual(((await patch.json()) as { budget: unknown }).budget, limits);
    script(() => ({ text: 'Free.' }));
    assert.equal((await send(agentId, { input: 'go' })).status, 200);
  });

  it('hold for all runs of an agent together, deleted ones as well, within their window', async () => {
    script(() => ({ text: 'ok', usage: counted(3000, 100) }));
    const agentId = await small({ budget: { total: { max_tokens: 6000, window_seconds: 3600 } } });
    assert.equal((await send(agentId, { input: 'one' })).status, 200);
    await client.delete(`/v1/runs/${(await lastRun(agentId)).id}`);
    assert.equal((await send(agentId, { input: 'two' })).status, 200);
    const refused = await send(agentId, { input: 'three' });
    assert.equal(refused.status, 402);
    assert.match(await refused.text(), /The agent's total budget is 6000 tokens \(max_tokens\), 6200 of them are used up/);
    assert.equal(asked.length, 2);
    await stack.backend.database.query("update model_charges set created_at = now() - interval '2 hours' where agent_id = $1", [agentId]);
    assert.equal((await send(agentId, { input: 'four' })).status, 200, 'the window has moved on');
  });

  it('count the steps of all runs of an agent together, each once, however many calls it takes', async () => {
    let step = 0;
    script(() => {
      step += 1;
      if (step === 1) return { error: { status: 500, body: { error: { message: 'once more' } } } };
      return step === 3 ? { text: 'Two steps.' } : { toolCalls: [{ name: 'test_tool', args: { text: 'x' } }] };
    });
    stack.testTool = async () => ({ status: 'success', value: 'done' });
    const agentId = await small({ budget: { total: { max_steps: 3, window_seconds: 3600 } } });
    const { budget } = (await client.agents.retrieve(agentId)) as unknown as { budget: { total: unknown } };
    assert.deepEqual(budget.total, { max_steps: 3, max_tokens: null, max_cost: null, window_seconds: 3600 });
    assert.equal((await send(agentId, { input: 'one' })).status, 200);
    assert.ok(
      asked.every(request => request.max_tokens === undefined),
      'a budget of steps does not bound an answer',
    );
    loop();
    const refused = await send(agentId, { input: 'two' });
    assert.equal(refused.status, 402);
    assert.match(await refused.text(), /The agent's total budget of 3 steps \(max_steps\) is used up/);
    assert.equal(asked.length, 1, 'the provider never saw the fourth step');
    assert.equal((await lastRun(agentId)).stop_reason, 'budget_exceeded');
    await stack.backend.database.query("update model_charges set created_at = now() - interval '2 hours' where agent_id = $1", [agentId]);
    script(() => ({ text: 'Free.' }));
    assert.equal((await send(agentId, { input: 'three' })).status, 200, 'the window has moved on');
  });

  it('refuse limits that are none, and change nothing', async () => {
    const agentId = await small();
    for (const budget of [{ max_tokens: 0 }, { max_tokens: -1 }, { max_cost: 'much' }, { max_dollars: 5 }, 7]) {
      assert.equal((await send(agentId, { input: 'go', budget })).status, 422, JSON.stringify(budget));
    }
    await assert.rejects(newAgent({ budget: { total: { max_seconds: 5 } } }), { status: 422 });
    assert.equal((await client.runs.list({ agent_id: agentId })).items.length, 0);
  });
});
