import assert from 'node:assert/strict';
import { Letta } from '@letta-ai/letta-client';

export interface StreamedEvent {
  readonly message_type: string;
  readonly content?: string;
  readonly seq_id?: number;
}

/** The official SDK at a server, with what tests need again and again around it. */
export interface AgentClient {
  readonly letta: Letta;
  readonly newAgent: (more?: Readonly<Record<string, unknown>>) => Promise<string>;
  /** A POST of a message as it is on the wire: with status and headers. */
  readonly send: (agentId: string, body: unknown, headers?: Readonly<Record<string, string>>) => Promise<Response>;
  /** The events of a run after `startingAfter`, up to its end. */
  readonly readRun: (runId: string, startingAfter?: number) => Promise<readonly StreamedEvent[]>;
  /** Resolves when the run's stream has shown the text. */
  readonly untilStreamed: (runId: string, text: string) => Promise<void>;
}

export function agentClient(url: string): AgentClient {
  const letta = new Letta({ baseURL: url, apiKey: 'none', maxRetries: 0 });
  return {
    letta,
    async newAgent(more = {}) {
      return (await letta.agents.create({ model: 'openai/mock-model', memory_blocks: [{ label: 'human', value: '' }], ...more })).id;
    },
    send: (agentId, body, headers = {}) =>
      fetch(`${letta.baseURL}/v1/agents/${agentId}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      }),
    async readRun(runId, startingAfter = 0) {
      const events: StreamedEvent[] = [];
      const stream = await letta.runs.messages.stream(runId, { starting_after: startingAfter, include_pings: false });
      for await (const event of stream) events.push(event as unknown as StreamedEvent);
      return events;
    },
    async untilStreamed(runId, text) {
      const stream = await letta.runs.messages.stream(runId, { starting_after: 0, include_pings: false });
      let joined = '';
      for await (const event of stream) {
        const content = contentOf(event);
        if (typeof content === 'string') joined += content;
        if (joined.includes(text)) return;
      }
      assert.fail(`the stream ended with: ${joined}`);
    },
  };
}

export function contentOf(message: unknown): unknown {
  return typeof message === 'object' && message !== null && 'content' in message ? message.content : undefined;
}
