import assert from 'node:assert/strict';
import { agentClient, contentOf } from '../support/agent-client.js';
import { startCluster } from '../support/cluster.js';
import type { Cluster } from '../support/cluster.js';
import { conversationClient } from '../support/conversation-client.js';
import { textOf } from '../support/mock-openai.js';

describe('kill -9 of the worker', function () {
  this.timeout(120_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await startCluster();
  });
  after(() => cluster.stop());

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
});
