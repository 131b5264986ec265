import assert from 'node:assert/strict';
import { agentClient } from './agent-client.js';
import type { Cluster } from './cluster.js';
import { waitForEnd } from './five-steps.js';
import type { Prepared } from './kill-under-all.js';
import type { MockReply } from './mock-openai.js';
import { until } from './gate.js';

/** What agents with tools that wait are asked: for how many seconds, or for which event. */
export const waitPrompt = /^Wait (\d+ s|for \S+)\.$/;

/** The call that the prompt asks for. */
export function waitReply(asked: string): MockReply {
  const what = waitPrompt.exec(asked)?.[1] ?? '';
  const call = what.startsWith('for ')
    ? { name: 'wait_for_event', args: { name: what.slice('for '.length), timeout_seconds: 600 } }
    : { name: 'sleep_until', args: { duration_seconds: Number(what.split(' ')[0]) } };
  return { toolCalls: [{ ...call, id: 'waiting' }] };
}

export interface WaitingRun {
  readonly agentId: string;
  readonly runId: string;
}

export async function beginWait(cluster: Cluster, input: string): Promise<WaitingRun> {
  const { letta, newAgent } = agentClient(cluster.url);
  const agentId = await newAgent({ tools: ['sleep_until', 'wait_for_event'], include_base_tools: false });
  const { id: runId } = await letta.agents.messages.createAsync(agentId, { input });
  return { agentId, runId };
}

/** Again and again under one key, as a client does whose server is away. */
export async function reportEvent(cluster: Cluster, { agentId }: WaitingRun, name: string): Promise<void> {
  await until(async () => {
    const response = await fetch(`${cluster.url}/v1/agents/${agentId}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name, payload: { note: 'it happened' }, key: name }),
    }).catch(() => null);
    return response?.status === 200;
  });
}

/** The run has ended, and the model was told once how its wait ended. */
export async function assertWaited(cluster: Cluster, run: WaitingRun, told: RegExp): Promise<void> {
  const ended = await waitForEnd(cluster, run);
  assert.equal(ended['status'], 'completed', JSON.stringify(ended));
  const listed = (await agentClient(cluster.url).letta.agents.messages.list(run.agentId, { order: 'asc' })).items.slice(1);
  assert.deepEqual(
    listed.map(message => message.message_type),
    ['user_message', 'tool_call_message', 'tool_return_message', 'assistant_message'],
  );
  assert.match(JSON.stringify(listed[2]), told);
}

/** A call that waits for an event, which comes after a while. */
export function waitingCall(cluster: Cluster): Promise<Prepared> {
  return Promise.resolve({
    async begin() {
      const run = await beginWait(cluster, 'Wait for news.');
      return {
        ids: [run.runId],
        async check() {
          await reportEvent(cluster, run, 'news');
          await assertWaited(cluster, run, /it happened/);
        },
      };
    },
  });
}
