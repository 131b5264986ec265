import assert from 'node:assert/strict';
import { contentOf } from './agent-client.js';
import { textOf } from './mock-openai.js';
import type { MockRequest } from './mock-openai.js';
import { useStack } from './stack-client.js';

export const lastUserText = (request: MockRequest): string => textOf(request.messages.findLast(message => message.role === 'user'));

/** Messages to agents that are at work, for the top of a `describe`. */
export function useBusyAgents() {
  const api = useStack();
  return {
    ...api,
    /** Accepted, and not waited for; the id of its run. */
    sendAsync: async (agentId: string, input: string, onBusy: string): Promise<string> => {
      const response = await fetch(`${api.stack.url}/v1/agents/${agentId}/messages/async`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ input, on_busy: onBusy }),
      });
      assert.equal(response.status, 200);
      return ((await response.json()) as { id: string }).id;
    },
    shownTexts: async (agentId: string): Promise<unknown[]> =>
      (await api.letta.agents.messages.list(agentId, { order: 'asc', limit: 1000 })).items.slice(1).map(contentOf),
  };
}
