import { textOf } from './mock-openai.js';
import type { MockRequest } from './mock-openai.js';
import { useStack } from './stack-client.js';

export const lastText = (request: MockRequest): string => textOf(request.messages.findLast(message => message.role === 'user'));
export const isSummaryRequest = (request: MockRequest): boolean => textOf(request.messages[0]).startsWith('You keep the memory');

/** Conversations whose model repeats what it hears, for the top of a `describe`. */
export function useContexts() {
  const api = useStack();
  const { stack, letta: client, talk } = api;
  beforeEach(() => {
    stack.mock.script = request => (isSummaryRequest(request) ? { text: 'They counted.' } : { text: `answer to ${lastText(request)}` });
  });
  return {
    ...api,
    newConversation: async (agentId: string): Promise<string> => (await client.conversations.create({ agent_id: agentId })).id,
    tell: async (id: string, ...inputs: readonly string[]): Promise<void> => {
      for (const input of inputs) await talk.stream(id, { input });
    },
    contextOf: async (id: string): Promise<readonly string[]> => (await client.conversations.retrieve(id)).in_context_message_ids ?? [],
    seenTexts: (): readonly string[] => (stack.mock.seen.at(-1)?.request.messages ?? []).slice(1).map(textOf),
    /** A turn that notes a line in the block `human`, in two steps. */
    note: async (id: string, line: string): Promise<void> => {
      stack.mock.script = request =>
        request.messages.at(-1)?.role === 'tool'
          ? { text: `noted ${line}` }
          : { toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: line } }] };
      await talk.stream(id, { input: `note ${line}` });
    },
    post: async (path: string, body: object = {}, method = 'POST'): Promise<{ status: number; body: unknown }> => {
      const response = await fetch(`${stack.url}${path}`, {
        method,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: response.status, body: await response.json() };
    },
  };
}
