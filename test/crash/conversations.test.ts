import assert from 'node:assert/strict';
import { agentClient } from '../support/agent-client.js';
import { startCluster } from '../support/cluster.js';
import type { Cluster } from '../support/cluster.js';
import { conversationClient } from '../support/conversation-client.js';

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
});
