import assert from 'node:assert/strict';
import { agentClient } from './agent-client.js';
import type { AgentClient } from './agent-client.js';
import { textOf } from './mock-openai.js';
import type { Stack } from './stack.js';

export interface ShownMessage {
  readonly message_type: string;
  readonly id: string;
  readonly otid?: string;
  readonly tool_calls?: readonly { readonly name: string; readonly tool_call_id: string; readonly arguments: string }[];
  readonly tool_returns?: readonly { readonly tool_call_id: string; readonly status: string; readonly tool_return: string }[];
  readonly content?: unknown;
  readonly approval_request_id?: string;
}

export interface ShownAnswer {
  readonly messages: readonly ShownMessage[];
  readonly stop_reason: { readonly stop_reason: string };
}

/** An agent whose tool `test_tool` needs an approval, and what tests do with it. */
export interface ApprovalWorld extends AgentClient {
  /** Ids of the calls of `test_tool` that were run since the last reset. */
  readonly executed: string[];
  /** Lets the model call `test_tool` and then tell what came back. */
  reset(): void;
  /** The first answer of a turn calls, the next one tells what came back. */
  callsThenText(...toolCalls: readonly { name: string; args: Record<string, unknown>; id: string }[]): void;
  askingAgent(more?: Record<string, unknown>): Promise<string>;
  post(agentId: string, body: Record<string, unknown>): Promise<ShownAnswer>;
  ask(agentId: string, more?: Record<string, unknown>): Promise<ShownAnswer>;
  answer(agentId: string, ...messages: readonly unknown[]): Promise<ShownAnswer>;
  listed(agentId: string): Promise<ShownMessage[]>;
}

export function approvalWorld(stack: Stack): ApprovalWorld {
  const client = agentClient(stack.url);
  const executed: string[] = [];
  const callsThenText: ApprovalWorld['callsThenText'] = (...toolCalls) => {
    stack.mock.script = request => {
      const last = request.messages.at(-1);
      return last?.role === 'tool' ? { text: `Returned: ${textOf(last)}` } : { text: 'Let me see.', toolCalls };
    };
  };
  const post: ApprovalWorld['post'] = async (agentId, body) => {
    const response = await client.send(agentId, body);
    const shown: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(shown));
    return shown as ShownAnswer;
  };
  return {
    ...client,
    executed,
    callsThenText,
    post,
    reset() {
      executed.length = 0;
      stack.testTool = async call => {
        executed.push(call.id);
        return Promise.resolve({ status: 'success', value: 'the tool ran' });
      };
      callsThenText({ name: 'test_tool', args: { text: 'hi' }, id: 'call_1' });
    },
    askingAgent: (more = {}) =>
      client.newAgent({
        tools: ['test_tool'],
        include_base_tool_rules: false,
        model_settings: { parallel_tool_calls: true },
        tool_rules: [{ type: 'requires_approval', tool_name: 'test_tool' }],
        ...more,
      }),
    ask: (agentId, more = {}) => post(agentId, { input: 'Please.', ...more }),
    answer: (agentId, ...messages) => post(agentId, { messages }),
    listed: async agentId => (await client.letta.agents.messages.list(agentId, { order: 'asc' })).items as unknown as ShownMessage[],
  };
}

export function approval(toolCallId: string, approve: boolean, reason?: string) {
  return { type: 'approval', approvals: [{ type: 'approval', tool_call_id: toolCallId, approve, reason }] };
}

export function types(messages: readonly { readonly message_type: string }[]): string[] {
  return messages.map(message => message.message_type);
}

export async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await condition()) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error('It did not happen');
}
