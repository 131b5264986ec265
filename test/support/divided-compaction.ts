import assert from 'node:assert/strict';
import { agentClient } from './agent-client.js';
import type { Cluster } from './cluster.js';
import { waitForEnd } from './five-steps.js';
import type { StartedRun } from './five-steps.js';
import { textOf } from './mock-openai.js';
import type { MockReply, MockRequest } from './mock-openai.js';
import { countTokens, isSummaryRequest } from './small-window.js';
import { assertValidHistory } from './valid-history.js';

/** Calls of the model that summarize what `startCompactingRun` has compacted: two parts, and the summaries of both. */
export const summaryCalls = 3;

export function dividedScript(request: MockRequest): MockReply {
  const usage = { input: countTokens(request, 1), output: 10 };
  return isSummaryRequest(request) ? { usage, text: `Summary ${textOf(request.messages.at(-1)).length}.` } : { usage, text: 'ok' };
}

/** Begins a run whose context has to be compacted before its model can be asked, by several calls. */
export async function startCompactingRun(cluster: Cluster): Promise<StartedRun> {
  const { letta, newAgent } = agentClient(cluster.url);
  const agentId = await newAgent({ include_base_tools: false, initial_message_sequence: [] });
  for (const word of ['alpha ', 'beta ', 'gamma ', 'delta ']) {
    await letta.agents.messages.create(agentId, { input: word.repeat(Math.floor(12_000 / word.length)) });
  }
  await letta.agents.update(agentId, { context_window_limit: 8192 });
  const run = await letta.agents.messages.createAsync(agentId, { input: 'And now?' });
  return { agentId, runId: run.id };
}

/** That the run was answered, its context compacted once, and no stored answer asked for again. */
export async function assertCompactedOnce(cluster: Cluster, run: StartedRun, from: number, isProviderSure = true): Promise<void> {
  const ended = await waitForEnd(cluster, run);
  assert.equal(ended['status'], 'completed', JSON.stringify(ended));
  const seen = cluster.mock.seen.slice(from).filter(({ body }) => !('input' in body));
  const asked = seen.filter(({ request }) => isSummaryRequest(request)).map(({ request }) => textOf(request.messages.at(-1)));
  assert.equal(new Set(asked).size, summaryCalls, 'the parts stay the same');
  if (isProviderSure) assert.equal(asked.length, summaryCalls, 'no stored answer is asked for again');
  else assert.ok(asked.length <= summaryCalls + 1, 'at most the call that was cut off is made again');
  const response = await fetch(`${cluster.url}/v1/agents/${run.agentId}/compactions`);
  const compactions = (await response.json()) as readonly { state: string; method: string; model_calls: number; run_id: string }[];
  assert.deepEqual(
    compactions.map(({ state, model_calls: calls, run_id: id }) => [state, calls, id]),
    [['active', summaryCalls, run.runId]],
  );
  const last = seen.findLast(({ request }) => !isSummaryRequest(request) && textOf(request.messages.at(-1)) === 'And now?');
  assert.ok(last);
  assertValidHistory(last);
  assert.match(textOf(last.request.messages[1]), /Summary \d+\./);
  const { letta } = agentClient(cluster.url);
  const listed = (await letta.agents.messages.list(run.agentId, { order: 'asc' })).items;
  assert.equal(listed.filter(message => message.message_type === 'assistant_message').length, 5, 'each message was answered once');
}
