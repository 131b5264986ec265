import assert from 'node:assert/strict';
import { defaultPayloadConverter } from '@temporalio/common';
import { agentClient } from '../support/agent-client.js';
import type { AgentClient } from '../support/agent-client.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const instant = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC`;

describe("what Temporal's UI shows of an agent at work", () => {
  let stack: Stack;
  let client: AgentClient;

  before(async () => {
    stack = await sharedStack();
    client = agentClient(stack.url);
  });

  /** As the UI asks for them. */
  async function currentDetails(workflowId: string): Promise<string> {
    const metadata = await stack.backend.temporal.client.workflow
      .getHandle(workflowId)
      .query<{ readonly currentDetails?: string }>('__temporal_workflow_metadata');
    return metadata.currentDetails ?? '';
  }

  async function shows(workflowId: string, pattern: string): Promise<void> {
    let shown = '';
    for (let i = 0; i < 200; i++) {
      shown = await currentDetails(workflowId).catch(String);
      if (new RegExp(`^${pattern}$`).test(shown)) return;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
    assert.match(shown, new RegExp(`^${pattern}$`));
  }

  async function summaries(workflowId: string): Promise<string[]> {
    const { events } = await stack.backend.temporal.client.workflow.getHandle(workflowId).fetchHistory();
    return (events ?? []).flatMap(({ userMetadata }) =>
      userMetadata?.summary == null ? [] : [defaultPayloadConverter.fromPayload<string>(userMetadata.summary)],
    );
  }

  it('is the run, its step, its tool and what waits, with steps as children and inline', async () => {
    const agentId = await client.newAgent({ tools: ['test_tool'], parallel_tool_calls: true });
    const gates: (() => void)[] = [];
    stack.testTool = async () => {
      await new Promise<void>(resolve => gates.push(resolve));
      return { status: 'success', value: 'done' };
    };
    stack.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'user'
        ? {
            toolCalls: [
              { name: 'memory_insert', args: { label: 'human', new_string: 'x' } },
              { name: 'test_tool', args: {} },
            ],
          }
        : { text: 'done' };
    const conversation = `agent/${agentId}/default`;
    const running = (run: { readonly id: string }): string =>
      String.raw`\*\*Running\*\* ` +
      `\`${run.id}\` with openai/mock-model since ${instant}\n\nStep 1 of 50: running \`test_tool\` since ${instant}`;

    const first = await client.letta.agents.messages.createAsync(agentId, { input: 'first' });
    await shows(conversation, running(first));
    await shows(`run/${first.id}/step/1`, `Step 1 of \`${first.id}\` with openai/mock-model\n\nrunning \`test_tool\` since ${instant}`);
    const second = await client.letta.agents.messages.createAsync(agentId, { input: 'second' });
    await shows(conversation, `${running(first)}\n\n1 more queued`);

    await stack.backend.database.query("update runs set isolation = 'inline' where id = $1", [second.id]);
    gates.shift()?.();
    await shows(conversation, running(second));
    gates.shift()?.();
    await shows(
      conversation,
      String.raw`\*\*Ended\*\* ` +
        `\`${second.id}\` with openai/mock-model: completed \\(end_turn\\) in step 2, from ${instant} to ${instant}`,
    );
    const ofStep = await summaries(`run/${first.id}/step/1`);
    assert.deepEqual(ofStep, [
      'step 1, openai/mock-model',
      'openai/mock-model, step 1',
      'tool memory_insert, step 1',
      'tool test_tool, step 1',
    ]);
    assert.deepEqual(await summaries(conversation), [
      `conversation of ${agentId}`,
      'step 1, openai/mock-model',
      'step 2, openai/mock-model',
      'openai/mock-model, step 1',
      'tool memory_insert',
      'tool test_tool',
      'openai/mock-model, step 2',
    ]);
  });
});
