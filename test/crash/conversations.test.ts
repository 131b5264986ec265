import assert from 'node:assert/strict';
import pg from 'pg';
import { agentClient, contentOf } from '../support/agent-client.js';
import type { Cluster } from '../support/cluster.js';
import { conversationClient } from '../support/conversation-client.js';
import { assertCompactedOnce, dividedScript, startCompactingRun } from '../support/divided-compaction.js';
import { textOf } from '../support/mock-openai.js';
import { sharedCluster } from '../support/shared-cluster.js';

describe('kill -9 of the worker', function () {
  this.timeout(120_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
  });

  /** Kills the worker once, at this boundary, and starts another one. */
  function killAt(activity: string, when: 'before' | 'after'): () => boolean {
    let hit = false;
    cluster.onBoundary = async boundary => {
      if (hit || boundary.activity !== activity || boundary.when !== when) return;
      hit = true;
      cluster.kill('worker');
      await cluster.start('worker');
    };
    return () => hit;
  }

  for (const when of ['before', 'after'] as const) {
    it(`${when} a tool has edited a conversation's own block: the edit is there once, the shared block is untouched`, async () => {
      const { letta, newAgent } = agentClient(cluster.url);
      const talk = conversationClient(cluster.url);
      cluster.mock.script = request =>
        request.messages.at(-1)?.role === 'tool'
          ? { text: 'Noted.' }
          : { toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'one line' } }] };
      const agentId = await newAgent();
      const { id, isolated_block_ids: blockIds } = await talk.isolate(agentId, ['human']);
      const wasHit = killAt('runTool', when);
      const events = await talk.stream(id, { input: 'note it' });
      assert.ok(wasHit(), 'the boundary was reached');
      assert.equal(events.filter(event => event.stop_reason === 'end_turn').length, 1);
      assert.equal((await letta.blocks.retrieve(blockIds[0] ?? '')).value.match(/one line/g)?.length, 1);
      assert.equal((await letta.agents.blocks.retrieve('human', { agent_id: agentId })).value, '');
      const messages = (await letta.conversations.messages.list(id, { order: 'asc' })).items.map(message => message.message_type);
      assert.deepEqual(messages, ['system_message', 'user_message', 'tool_call_message', 'tool_return_message', 'assistant_message']);
    });
  }

  const read = async (id: string) =>
    (await (await fetch(`${cluster.url}/v1/blocks/${id}`)).json()) as { readonly value: string; readonly version: number };

  it('in the middle of an edit of a shared block, while others write to it: each edit is there once', async () => {
    const { letta, newAgent, send } = agentClient(cluster.url);
    const databaseUrl = await cluster.databaseUrl();
    cluster.mock.script = request =>
      request.messages.at(-1)?.role === 'tool'
        ? { text: 'Noted.' }
        : {
            toolCalls: [
              { name: 'core_memory_append', args: { label: 'notes', content: `by ${textOf(request.messages.at(-1)).slice(-1)}` } },
            ],
          };
    const { id } = await letta.blocks.create({ label: 'notes', value: 'x: 0\n-\ny: 0\n-' });
    const shared = { memory_blocks: [], block_ids: [id], tools: ['core_memory_append'] };
    const agents = [await newAgent(shared), await newAgent(shared)];
    // What others do is seen once in each transaction, so who watches has none.
    const [blocker, watcher] = [new pg.Client({ connectionString: databaseUrl }), new pg.Client({ connectionString: databaseUrl })];
    await Promise.all([blocker.connect(), watcher.connect()]);
    try {
      await blocker.query('begin');
      await blocker.query('select from blocks where id = $1 for update', [id]);
      const runs = agents.map((agentId, index) => send(agentId, { input: `note ${index}` }));
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%with changes as%'`;
      while ((await watcher.query(waiting)).rowCount !== agents.length) await new Promise(resolve => setTimeout(resolve, 20));
      // Postgres carries out what a client that is gone has asked for: nobody is told whether the edit was made.
      cluster.kill('worker');
      const writers = ['x', 'y'].map(async name => {
        for (let n = 1; n <= 5; n += 1) {
          const { value, version } = await read(id);
          const next = value.replace(new RegExp(`${name}: \\d`), `${name}: ${n}`);
          const patch = {
            method: 'PATCH',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ value: next, base_version: version }),
          };
          assert.equal((await fetch(`${cluster.url}/v1/blocks/${id}`, patch)).status, 200);
        }
      });
      await blocker.query('commit');
      await cluster.start('worker');
      const answers = await Promise.all(runs);
      await Promise.all(writers);
      assert.deepEqual(
        answers.map(answer => answer.status),
        [200, 200],
      );
    } finally {
      await Promise.all([blocker.end(), watcher.end()]);
    }
    const { value, version } = await read(id);
    const [x, , y, , ...appended] = value.split('\n');
    assert.deepEqual([x, y, appended.sort()], ['x: 5', 'y: 5', ['by 0', 'by 1']]);
    assert.equal(version, 13);
  });

  for (const when of ['before', 'after'] as const) {
    it(`${when} a context was compacted: it is compacted once, and the message that waits is answered`, async () => {
      const { letta, newAgent } = agentClient(cluster.url);
      const talk = conversationClient(cluster.url);
      cluster.mock.script = request => ({ text: textOf(request.messages[0]).startsWith('You keep the memory') ? 'A summary.' : 'ok' });
      const { id } = await letta.conversations.create({ agent_id: await newAgent() });
      for (const input of ['one', 'two', 'three', 'four']) await talk.stream(id, { input });
      const wasHit = killAt('compactContext', when);
      const compacted = letta.conversations.messages.compact(id);
      while (!wasHit()) await new Promise(resolve => setTimeout(resolve, 20));
      const behind = talk.block(id, { input: 'behind' });
      const { summary, num_messages_after: after } = await compacted;
      assert.equal(summary, 'A summary.');
      assert.equal((await behind).stop_reason.stop_reason, 'end_turn');
      const context = (await letta.conversations.retrieve(id)).in_context_message_ids ?? [];
      assert.equal(context.length, after + 2);
      const summaries = (await letta.conversations.messages.list(id)).items.filter(message =>
        String(contentOf(message)).includes('A summary.'),
      );
      assert.equal(summaries.length, 1);
    });
  }

  it('in the middle of a compaction of several calls: it goes on from the answers that are stored', async () => {
    cluster.mock.script = dividedScript;
    let calls = 0;
    cluster.onBoundary = async ({ activity, when }) => {
      if (activity !== 'compactContext' || when !== 'after' || (calls += 1) !== 2) return;
      cluster.kill('worker');
      await cluster.start('worker');
    };
    const from = cluster.mock.seen.length;
    await assertCompactedOnce(cluster, await startCompactingRun(cluster), from);
    assert.ok(calls > 2, 'the boundary was reached');
  });
});
