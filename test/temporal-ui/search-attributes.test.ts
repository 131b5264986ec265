import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { Letta } from '@letta-ai/letta-client';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

describe("what Temporal's UI finds", () => {
  let stack: Stack;
  let client: Letta;

  before(async () => {
    stack = await sharedStack();
    client = new Letta({ baseURL: stack.url, apiKey: 'none', maxRetries: 0 });
  });

  /** Visibility is eventually consistent. Throws when nothing is found in time. */
  async function found(query: string): Promise<string> {
    for (let i = 0; i < 200; i++) {
      for await (const workflow of stack.backend.temporal.client.workflow.list({ query })) return workflow.workflowId;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
    throw new Error(`No workflow matches ${query}`);
  }

  it('are conversations by the status of their run, its model and why it stopped, and steps by their run', async () => {
    const agent = await client.agents.create({ model: 'openai/mock-model', tools: ['test_tool'] });
    let release = (): void => undefined;
    const gate = new Promise<void>(resolve => (release = resolve));
    stack.testTool = async () => {
      await gate;
      return { status: 'success', value: 'done' };
    };
    stack.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool' ? { text: 'done' } : { toolCalls: [{ name: 'test_tool', args: { text: 'x' } }] };
    const run = await client.agents.messages.createAsync(agent.id, { input: 'go' });
    const conversation = `agent/${agent.id}/default`;
    const ofRun = `AgentId = "${agent.id}" and AgentRunId = "${run.id}" and Model = "openai/mock-model" and WorkflowType = "agentConversation"`;
    assert.equal(await found(`${ofRun} and RunStatus = "running" and StopReason is null`), conversation);
    assert.equal(
      await found(`AgentRunId = "${run.id}" and WorkflowType = "toolCall" and ExecutionStatus = "Running"`),
      `run/${run.id}/step/1/tool/0`,
    );
    release();
    assert.equal(await found(`${ofRun} and RunStatus = "completed" and StopReason = "end_turn"`), conversation);

    await client.agents.messages.create(agent.id, { input: 'again' });
    stack.mock.script = () => ({ toolCalls: [{ name: 'test_tool', args: { text: 'x' } }] });
    let begin = (): void => undefined;
    const hasBegun = new Promise<void>(resolve => (begin = resolve));
    stack.testTool = async () => {
      begin();
      return new Promise(() => undefined);
    };
    const second = await client.agents.messages.createAsync(agent.id, { input: 'wait' });
    await found(`AgentRunId = "${second.id}" and RunStatus = "running" and StopReason is null and WorkflowType = "agentConversation"`);
    await hasBegun;
    await client.agents.messages.cancel(agent.id, { run_ids: [second.id] });
    await found(`AgentRunId = "${second.id}" and RunStatus = "cancelled" and StopReason = "cancelled"`);
  });

  it('tells of no run that has ended before it could begin', async () => {
    const { id } = await client.agents.create({ model: 'openai/mock-model' });
    const { conversations } = stack.backend;
    const first = { runId: `run-${randomUUID()}`, modelHandle: 'openai/mock-model' };
    await conversations.wake({ agentId: id, conversationId: id.replace('agent-', 'conv-') }, {}, first);
    assert.equal(await found(`AgentId = "${id}" and ExecutionStatus = "Completed" and RunStatus is null`), `agent/${id}/default`);
  });
});
