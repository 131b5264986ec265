import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { agentClient, contentOf } from './agent-client.js';
import { startCallbackReceiver } from './callback-receiver.js';
import type { Cluster } from './cluster.js';
import { waitForEnd } from './five-steps.js';
import { until } from './gate.js';
import type { Prepared } from './kill-under-all.js';

/** The model refuses to. */
export const refusedPrompt = 'Write nothing.';

const sleepMs = 5000;

/** A command on the context of the agent. */
export async function compaction(cluster: Cluster): Promise<Prepared> {
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create();
  const turns = 4;
  for (let turn = 0; turn < turns; turn += 1) await letta.agents.messages.create(agentId, { input: 'Hello' });
  return {
    begin() {
      // Who asks for it waits for its end, which the kill of the API takes away.
      letta.agents.messages.compact(agentId).catch(() => undefined);
      return Promise.resolve({
        ids: [],
        async check() {
          const next = await letta.agents.messages.createAsync(agentId, { input: 'Hello' });
          assert.equal((await waitForEnd(cluster, { agentId, runId: next.id }))['status'], 'completed');
          const context = (await letta.agents.retrieve(agentId)).message_ids ?? [];
          assert.ok(context.length < 1 + 2 * (turns + 1), `${context.length} messages are in the context`);
          const listed = (await letta.agents.messages.list(agentId)).items;
          assert.equal(listed.filter(message => String(contentOf(message)).includes('A summary.')).length, 1, 'it was compacted once');
        },
      });
    },
  };
}

/** A compaction that is taken back. */
export async function undoneCompaction(cluster: Cluster): Promise<Prepared> {
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create();
  for (let turn = 0; turn < 4; turn += 1) await letta.agents.messages.create(agentId, { input: 'Hello' });
  const before = (await letta.agents.retrieve(agentId)).message_ids;
  await letta.agents.messages.compact(agentId);
  assert.notDeepEqual((await letta.agents.retrieve(agentId)).message_ids, before);
  const [done] = await letta.get<{ id: string }[]>(`/v1/agents/${agentId}/compactions`);
  return {
    begin() {
      letta.post(`/v1/agents/${agentId}/compactions/${done?.id ?? ''}/undo`).catch(() => undefined);
      return Promise.resolve({
        ids: [],
        async check() {
          const next = await letta.agents.messages.createAsync(agentId, { input: 'Hello' });
          assert.equal((await waitForEnd(cluster, { agentId, runId: next.id }))['status'], 'completed');
          const context = (await letta.agents.retrieve(agentId)).message_ids ?? [];
          assert.deepEqual(context.slice(0, -2), before);
        },
      });
    },
  };
}

/** A text beside all conversations; whoever has lost the answer asks again under the same key. */
export function generatedText(cluster: Cluster): Promise<Prepared> {
  return generation(cluster, 'Hello', 200);
}

/** The model refuses it. */
export function failedText(cluster: Cluster): Promise<Prepared> {
  return generation(cluster, refusedPrompt, 502);
}

async function generation(cluster: Cluster, prompt: string, status: number): Promise<Prepared> {
  const agentId = await agentClient(cluster.url).newAgent();
  const ask = (): Promise<Response> =>
    fetch(`${cluster.url}/v1/agents/${agentId}/generate`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': agentId },
      body: JSON.stringify({ prompt }),
    });
  return {
    begin() {
      ask().catch(() => undefined);
      return Promise.resolve({
        ids: [],
        async check() {
          const answers: Response[] = [];
          await until(async () => {
            const answer = await ask().catch(() => null);
            if (answer !== null && answer.status !== 503) answers.push(answer);
            return answers.length > 0;
          });
          assert.equal(answers[0]?.status, status, await answers[0]?.text());
        },
      });
    },
  };
}

/** A tool that is run by a request; whoever has lost the answer asks again under the same key. */
export async function triedTool(cluster: Cluster): Promise<Prepared> {
  const agentId = await agentClient(cluster.url).newAgent({ tools: ['test_tool'] });
  const ask = (): Promise<Response> =>
    fetch(`${cluster.url}/v1/agents/${agentId}/tools/test_tool/run`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': agentId },
      body: JSON.stringify({ args: { text: agentId } }),
    });
  return {
    begin() {
      ask().catch(() => undefined);
      return Promise.resolve({
        ids: [],
        async check() {
          const answers: unknown[] = [];
          await until(async () => {
            const answer = await ask().catch(() => null);
            if (answer?.status === 200) answers.push(await answer.json());
            return answers.length > 0;
          });
          const effects = cluster.effects.filter(({ args }) => args['text'] === agentId).length;
          const { status, func_return: value } = answers[0] as { status: string; func_return: string };
          if (status === 'success') assert.equal(effects, 1);
          else assert.ok(value.includes('was cut off') && effects <= 1, `${value} ${effects}`);
        },
      });
    },
  };
}

/** An archive whose embedding model changes: each vector is made anew once. */
export async function reembeddedArchive(cluster: Cluster): Promise<Prepared> {
  const { letta } = agentClient(cluster.url);
  const before = 'openai/text-embedding-3-small';
  const archive = await letta.post<{ id: string }>('/v1/archives/', { body: { name: 'notes', embedding: before } });
  const passages = [1, 2, 3].map(number => ({ text: `${archive.id} says ${number}` }));
  await letta.post(`/v1/archives/${archive.id}/passages/batch`, { body: { passages } });
  const asked = cluster.mock.embedded.length;
  return {
    async begin() {
      const body = { embedding: 'openai/text-embedding-ada-002' };
      const { reembed } = await letta.patch<{ reembed: { job_id: string } }>(`/v1/archives/${archive.id}`, { body });
      const path = `/v1/jobs/${reembed.job_id}`;
      return {
        ids: [],
        async check() {
          await until(async () => (await letta.get<{ status: string }>(path).catch(() => null))?.status === 'completed');
          const { metadata } = await letta.get<{ metadata: { done: number } }>(path);
          assert.equal(metadata.done, passages.length);
          const texts = cluster.mock.embedded.slice(asked).flat();
          for (const { text } of passages) assert.ok(texts.includes(text));
        },
      };
    },
  };
}

/** The receiver may hear of it twice, and can tell. */
export async function deliveredCallback(cluster: Cluster): Promise<Prepared> {
  const receiver = await startCallbackReceiver();
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create();
  return {
    async begin() {
      const { id: runId } = await letta.agents.messages.createAsync(agentId, { input: 'Hello', callback_url: receiver.url });
      return {
        ids: [runId],
        async check() {
          await until(async () => (await letta.runs.retrieve(runId).catch(() => null))?.callback_status_code === 200);
          await receiver.close();
          assert.ok(receiver.received.length > 0);
          for (const { headers, body } of receiver.received)
            assert.deepEqual([headers['x-perdura-callback-id'], body['status']], [runId, 'completed']);
        },
      };
    },
  };
}

/** A message waits for an agent that sleeps until a time. */
export async function sleepingAgent(cluster: Cluster): Promise<Prepared> {
  const { letta, newAgent: create } = agentClient(cluster.url);
  const agentId = await create();
  return {
    async begin() {
      const wakeAt = new Date(Date.now() + sleepMs).toISOString();
      await letta.post(`/v1/agents/${agentId}/sleep`, { body: { until: wakeAt, wake_on_message: false } });
      const { id: runId } = await letta.agents.messages.createAsync(agentId, { input: 'Hello' });
      return {
        ids: [agentId],
        async check() {
          const ended = await waitForEnd(cluster, { agentId, runId });
          assert.equal(ended['status'], 'completed', JSON.stringify(ended));
          assert.ok(Date.parse(String(ended['completed_at'])) >= Date.parse(wakeAt), 'not before its time');
          const listed = (await letta.agents.messages.list(agentId, { order: 'asc' })).items.slice(1);
          assert.deepEqual(
            listed.map(message => message.message_type),
            ['user_message', 'assistant_message'],
          );
        },
      };
    },
  };
}

/** An uploaded file: each chunk is there once, with its vector. */
export async function readFile(cluster: Cluster): Promise<Prepared> {
  const { letta } = agentClient(cluster.url);
  const name = `folder ${randomUUID()}`;
  const body = { name, embedding: 'openai/text-embedding-3-small', embedding_chunk_size: 20 };
  const folder = await letta.post<{ id: string }>('/v1/folders/', { body });
  const lines = [1, 2, 3].map(number => `This is line number ${number} of the file in ${folder.id.slice(-6)}.`);
  return {
    async begin() {
      const form = new FormData();
      form.set('file', new File([lines.join('\n')], 'file.jsonl'));
      const response = await fetch(`${cluster.url}/v1/folders/${folder.id}/upload`, { method: 'POST', body: form });
      const { id } = (await response.json()) as { readonly id: string };
      const path = `/v1/folders/${folder.id}/files/${id}`;
      return {
        ids: [id],
        async check() {
          await until(
            async () => (await letta.get<{ processing_status: string }>(path).catch(() => null))?.processing_status === 'completed',
          );
          const file = await letta.get<{ total_chunks: number; chunks_embedded: number }>(path);
          const passages = await letta.get<{ text: string }[]>(`/v1/folders/${folder.id}/passages`);
          assert.deepEqual(passages.map(({ text }) => text).toReversed(), lines);
          assert.deepEqual([file.total_chunks, file.chunks_embedded], [lines.length, lines.length]);
        },
      };
    },
  };
}
