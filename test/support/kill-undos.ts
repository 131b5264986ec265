import assert from 'node:assert/strict';
import { agentClient } from './agent-client.js';
import type { Cluster } from './cluster.js';
import { waitForEnd } from './five-steps.js';
import { until } from './gate.js';
import type { Prepared } from './kill-under-all.js';
import type { MockReply } from './mock-openai.js';

export const bookPrompt = 'Book and hang.';

/** Books, and hangs in the next call. */
export function bookReply(isBooked: boolean, hanging: string): MockReply {
  const call = isBooked ? { name: 'test_tool', args: { text: hanging } } : { name: 'test_tool_always', args: { text: 'book' } };
  return { toolCalls: [{ ...call, id: isBooked ? 'hang' : 'book' }] };
}

/** A run that is cancelled when one of its calls has gone well, which is undone by another tool. */
export async function undoneCall(cluster: Cluster): Promise<Prepared> {
  const { letta, newAgent } = agentClient(cluster.url);
  const [booking] = (await letta.tools.list({ name: 'test_tool_always' })).items;
  const undo = { tool_name: 'test_tool_on_interrupt', arguments: { text: 'no {{ arguments.text }}' }, on_cancel: true };
  await letta.put(`/v1/tools/${booking?.id ?? ''}/undo`, { body: { undo } });
  const agentId = await newAgent({ tools: ['test_tool', 'test_tool_always'], include_base_tools: false });
  const { id: runId } = await letta.agents.messages.createAsync(agentId, { input: bookPrompt });
  const effects = () => cluster.effects.filter(effect => effect.key.includes(runId));
  await until(() => effects().length === 2);
  return {
    async begin() {
      await letta.agents.messages.cancel(agentId);
      return {
        ids: [runId],
        async check() {
          assert.equal((await waitForEnd(cluster, { agentId, runId }))['status'], 'cancelled');
          const undos = () => effects().slice(2);
          await until(async () => {
            const shown = (await letta.runs.retrieve(runId).catch(() => null))?.metadata?.['compensations'];
            return Array.isArray(shown) && shown.every(entry => (entry as { status: string }).status === 'done');
          });
          assert.ok(undos().length > 0);
          // The worker may have been lost in the middle of it: it is the same call then.
          assert.equal(new Set(undos().map(effect => effect.key)).size, 1);
          assert.deepEqual(undos()[0], { key: `run/${runId}/step/1/tool/0/undo`, args: { text: 'no book' } });
        },
      };
    },
  };
}
