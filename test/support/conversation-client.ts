import assert from 'node:assert/strict';
import { Letta } from '@letta-ai/letta-client';
import type { LettaResponse } from '@letta-ai/letta-client/resources/agents/messages';
import type { StreamedEvent } from './agent-client.js';

export interface ConversationEvent extends StreamedEvent {
  readonly id?: string;
  readonly run_id?: string | null;
  readonly stop_reason?: string;
}

export interface IsolatedConversation {
  readonly id: string;
  readonly isolated_block_ids: readonly string[];
}

interface StartedStream {
  readonly runId: string;
  /** All of its events, when it has ended. */
  readonly events: Promise<readonly ConversationEvent[]>;
}

export type ConversationClient = ReturnType<typeof conversationClient>;

/** What tests do with conversations, around the official SDK. */
export function conversationClient(url: string, letta = new Letta({ baseURL: url, apiKey: 'none', maxRetries: 0 })) {
  const open = async (id: string, body: object) => (await letta.conversations.messages.create(id, body)) as AsyncIterable<unknown>;
  const rest = async (iterator: AsyncIterator<unknown>, events: ConversationEvent[] = []): Promise<readonly ConversationEvent[]> => {
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) events.push(next.value as ConversationEvent);
    return events;
  };
  return {
    /** With blocks of its own, which the SDK has no member for. */
    isolate: async (agentId: string, labels: readonly string[]): Promise<IsolatedConversation> =>
      letta.post('/v1/conversations/', { query: { agent_id: agentId }, body: { isolated_block_labels: labels } }),

    /** Sends a message and reads its stream to the end. */
    stream: async (id: string, body: object): Promise<readonly ConversationEvent[]> => rest((await open(id, body))[Symbol.asyncIterator]()),

    /** Sends a message; its first event, a ping, tells the run. */
    async start(id: string, body: object): Promise<StartedStream> {
      const iterator = (await open(id, body))[Symbol.asyncIterator]();
      const first = (await iterator.next()).value as ConversationEvent;
      assert.ok(typeof first.run_id === 'string', JSON.stringify(first));
      return { runId: first.run_id, events: rest(iterator, [first]) };
    },

    /** The SDK always expects a stream here. */
    block: async (id: string, body: object): Promise<LettaResponse> =>
      letta.post(`/v1/conversations/${id}/messages`, { body: { ...body, streaming: false } }),

    /** Waits for a run's end and checks its status. */
    async ended(runId: string, status: string): Promise<void> {
      for await (const event of await letta.runs.messages.stream(runId, { include_pings: false })) assert.ok(event);
      assert.equal((await letta.runs.retrieve(runId)).status, status);
    },
  };
}
