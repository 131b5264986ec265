import { agentClient } from './agent-client.js';
import type { AgentClient } from './agent-client.js';
import { conversationClient } from './conversation-client.js';
import type { ConversationClient } from './conversation-client.js';
import { sharedStack } from './stack.js';
import type { Stack } from './stack.js';

export interface StackClient extends AgentClient {
  readonly stack: Stack;
  readonly talk: ConversationClient;
}

const notYet = 'http://not-started.invalid';

/** For the top of a `describe`: the stack that all tests share and clients of it, which can be used as soon as its tests run. */
export function useStack(): StackClient {
  let started: Stack | null = null;
  const running = (): Stack => {
    if (started === null) throw new Error('The stack has not been started: use it in hooks and tests.');
    return started;
  };
  const stack: Stack = {
    get url() {
      return running().url;
    },
    get mock() {
      return running().mock;
    },
    get backend() {
      return running().backend;
    },
    get testTool() {
      return running().testTool;
    },
    set testTool(tool) {
      running().testTool = tool;
    },
    stop: () => running().stop(),
  };
  before(async () => {
    started = await sharedStack();
    client.letta.baseURL = started.url;
  });
  const client = agentClient(notYet);
  return { ...client, talk: conversationClient(notYet, client.letta), stack };
}
