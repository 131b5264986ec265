import assert from 'node:assert/strict';
import OpenAI from 'openai';
import type { Cluster } from '../support/cluster.js';
import { newAgent, waitForEnd } from '../support/five-steps.js';
import type { WireData } from '../support/read-sse.js';
import { sharedCluster } from '../support/shared-cluster.js';
import { readToEnd } from '../support/stream-client.js';
import type { StreamClientOptions } from '../support/stream-client.js';

const words = Array.from({ length: 60 }, (_, index) => `w${index}`).join(' ');

describe('clients that wait for an answer', function () {
  this.timeout(180_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
  });

  async function startRun(): Promise<{ agentId: string; runId: string }> {
    cluster.mock.script = () => ({ text: words, pieceDelayMs: 40 });
    const agentId = await newAgent(cluster);
    const response = await fetch(`${cluster.url}/v1/agents/${agentId}/messages/async`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'Go' }),
    });
    return { agentId, runId: ((await response.json()) as { id: string }).id };
  }

  const reader = (runId: string, more: Partial<StreamClientOptions> = {}): StreamClientOptions => ({
    url: () => cluster.url,
    runId,
    transport: 'sse',
    hangUpAfter: () => Infinity,
    deadline: Date.now() + 120_000,
    ...more,
  });

  /** Calls once, when the reader has got so many events. */
  function atEvent(count: number, act: () => Promise<void> | void): () => Promise<void> | void {
    let seen = 0;
    return () => {
      seen += 1;
      return seen === count ? act() : undefined;
    };
  }

  async function assertWhole(events: readonly WireData[], { agentId, runId }: { agentId: string; runId: string }): Promise<void> {
    const { events: again } = await readToEnd(reader(runId));
    assert.deepEqual(events, again, 'what was read in pieces is the log, with no gap and no double');
    assert.equal(events.filter(event => event.message_type === 'stop_reason').length, 1);
    const listed = (await (await fetch(`${cluster.url}/v1/agents/${agentId}/messages`)).json()) as WireData[];
    const said = listed.filter(message => message.message_type === 'assistant_message');
    assert.deepEqual(
      said.map(message => message.content),
      [words],
    );
    const joined = events
      .filter(event => event.id === said[0]?.id && event.message_type === 'assistant_message')
      .map(event => event.content);
    assert.equal(joined.join(''), words, 'the deltas of a stored id make up its text');
  }

  for (const transport of ['sse', 'websocket'] as const) {
    it(`see no gap and no double after a kill -9 of everything in mid-stream, over ${transport}`, async () => {
      const run = await startRun();
      let restarted: Promise<unknown> = Promise.resolve();
      const killAll = atEvent(5, () => {
        for (const name of ['api', 'worker', 'temporal', 'postgres'] as const) cluster.kill(name);
        restarted = Promise.all([cluster.start('api'), cluster.start('worker')]);
        restarted.catch(() => undefined);
      });
      const { events, reconnects } = await readToEnd(reader(run.runId, { transport, onEvent: killAll }));
      await restarted;
      assert.ok(reconnects > 0, 'the stream was broken');
      await assertWhole(events, run);
    });
  }

  it('keep their stream when the database restarts', async () => {
    const run = await startRun();
    const { events, reconnects } = await readToEnd(reader(run.runId, { onEvent: atEvent(5, () => cluster.kill('postgres')) }));
    assert.equal(reconnects, 0, 'the stream was not broken');
    await assertWhole(events, run);
  });

  it('of chat completions get the whole answer or the error chunk when the worker is killed in the middle of it', async () => {
    cluster.mock.script = () => ({ text: words, pieceDelayMs: 40 });
    const openai = new OpenAI({ baseURL: `${cluster.url}/v1`, apiKey: 'none', maxRetries: 0 });
    const [blocking, streaming] = [await newAgent(cluster), await newAgent(cluster)];
    const messages = [{ role: 'user' as const, content: 'Go' }];
    const waiting = openai.chat.completions.create({ model: blocking, messages });
    waiting.catch(() => undefined);
    let text = '';
    let ends: unknown = null;
    let restarted: Promise<unknown> | null = null;
    try {
      for await (const { choices } of await openai.chat.completions.create({ model: streaming, messages, stream: true })) {
        text += choices[0]?.delta.content ?? '';
        ends = choices[0]?.finish_reason ?? null;
        if (text === '' || restarted !== null) continue;
        cluster.kill('worker');
        restarted = cluster.start('worker');
        restarted.catch(() => undefined);
      }
    } catch (error) {
      ends = error instanceof OpenAI.APIError ? error.code : error;
    }
    await restarted;
    assert.notEqual(restarted, null, 'the worker was killed');
    assert.ok(words.startsWith(text), 'nothing was said twice');
    if (ends !== 'stream_incomplete') assert.deepEqual([ends, text], ['stop', words]);
    const [choice] = (await waiting).choices;
    assert.deepEqual([choice?.finish_reason, choice?.message.content], ['stop', words]);
    for (const agentId of [blocking, streaming]) {
      const [run, ...more] = (await (await fetch(`${cluster.url}/v1/runs/?agent_id=${agentId}`)).json()) as { id: string }[];
      assert.ok(run !== undefined && more.length === 0);
      assert.equal((await waitForEnd(cluster, { agentId, runId: run.id }))['status'], 'completed');
      const { events } = await readToEnd(reader(run.id));
      await assertWhole(events, { agentId, runId: run.id });
    }
  });

  it('all see the same, on two API processes, one of them slow', async () => {
    const second = await cluster.startSecondApi();
    const run = await startRun();
    const slowly = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 100));
    const read = await Promise.all([
      readToEnd(reader(run.runId)),
      readToEnd(reader(run.runId, { url: () => second })),
      readToEnd(reader(run.runId, { url: () => second, transport: 'websocket', hangUpAfter: () => 7 })),
      readToEnd(reader(run.runId, { onEvent: slowly })),
    ]);
    for (const { events } of read) await assertWhole(events, run);
  });
});
