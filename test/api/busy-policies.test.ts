import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { Letta } from '@letta-ai/letta-client';
import { taskQueue } from '../../src/temporal/task-queues.js';
import { agentClient, contentOf } from '../support/agent-client.js';
import type { AgentClient } from '../support/agent-client.js';
import { createGate, until } from '../support/gate.js';
import { textOf } from '../support/mock-openai.js';
import type { MockRequest } from '../support/mock-openai.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

const lastUserText = (request: MockRequest): string => textOf(request.messages.findLast(message => message.role === 'user'));

describe('what a message meets while a run is open', () => {
  let stack: Stack;
  let client: Letta;
  let newAgent: AgentClient['newAgent'];
  let send: AgentClient['send'];
  let readRun: AgentClient['readRun'];

  before(async () => {
    stack = await sharedStack();
    ({ letta: client, newAgent, send, readRun } = agentClient(stack.url));
  });

  const sendAsync = async (agentId: string, input: string, onBusy: string): Promise<string> => {
    const response = await fetch(`${stack.url}/v1/agents/${agentId}/messages/async`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input, on_busy: onBusy }),
    });
    assert.equal(response.status, 200);
    return ((await response.json()) as { id: string }).id;
  };
  const shownTexts = async (agentId: string): Promise<unknown[]> =>
    (await client.agents.messages.list(agentId, { order: 'asc', limit: 1000 })).items.slice(1).map(contentOf);

  it('enqueue: 200 sends at once are 200 turns, one after the other', async function () {
    this.timeout(120_000);
    let open = 0;
    let most = 0;
    stack.mock.script = request => {
      open += 1;
      most = Math.max(most, open);
      const text = `answer to ${lastUserText(request)}`;
      open -= 1;
      return { text };
    };
    const agentId = await newAgent();
    const inputs = Array.from({ length: 200 }, (_, index) => `message ${index}`);
    const answers = await Promise.all(
      inputs.map(async input => {
        const response = await send(agentId, { input, on_busy: 'enqueue' });
        const { messages } = (await response.json()) as { messages: { content: string }[] };
        return messages.map(message => message.content);
      }),
    );
    assert.deepEqual(
      answers,
      inputs.map(input => [`answer to ${input}`]),
    );
    assert.equal(most, 1);
    const texts = await shownTexts(agentId);
    assert.equal(texts.length, 400);
    for (let index = 0; index < texts.length; index += 2) assert.equal(texts[index + 1], `answer to ${String(texts[index])}`);
    assert.equal(new Set(texts).size, 400);
  });

  it("reject: of 200 sends at once one runs and 199 get V1's 409", async function () {
    this.timeout(120_000);
    const gate = createGate();
    stack.mock.script = async () => {
      await gate.opened;
      return { text: 'done' };
    };
    const agentId = await newAgent();
    let refused = 0;
    const bodies: unknown[] = [];
    const statuses = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const response = await send(agentId, { input: `message ${index}`, on_busy: 'reject' });
        if (response.status === 409) {
          refused += 1;
          bodies.push(await response.json());
          if (refused === 199) gate.open();
        }
        return response.status;
      }),
    );
    assert.deepEqual([statuses.filter(status => status === 200).length, statuses.filter(status => status === 409).length], [1, 199]);
    const [run] = (await client.runs.list({ agent_id: agentId })).items;
    for (const body of bodies) {
      assert.deepEqual(body, {
        detail:
          'CONFLICT: Cannot send a new message: Another request is currently being processed for this conversation. Please wait for the current request to complete.',
        run_id: run?.id,
      });
    }
  });

  it('reject: never refuses the message that follows the end of a run', async () => {
    stack.mock.script = () => ({ text: 'quick' });
    const agentId = await newAgent();
    for (let index = 0; index < 20; index += 1) {
      assert.equal((await send(agentId, { input: `message ${index}`, on_busy: 'reject' })).status, 200);
    }
  });

  it('reject: never refuses the message that follows the end of a stream, be it of a background run', async () => {
    stack.mock.script = () => ({ text: 'quick' });
    const agentId = await newAgent();
    for (let index = 0; index < 6; index += 1) {
      const stream = { streaming: true, stream_tokens: index % 2 === 0, background: index >= 3, on_busy: 'reject' };
      const response = await send(agentId, { input: `message ${index}`, ...stream });
      assert.equal(response.status, 200);
      assert.match(await response.text(), /usage_statistics/);
    }
    for (let index = 0; index < 6; index += 1) await readRun(await sendAsync(agentId, `later ${index}`, 'reject'));
    assert.equal((await shownTexts(agentId)).length, 24);
  });

  it('keeps the lock of a long run, for it is a row without a lease', async () => {
    const gate = createGate();
    stack.mock.script = async () => {
      await gate.opened;
      return { text: 'at last' };
    };
    const agentId = await newAgent();
    const runId = await sendAsync(agentId, 'take ten minutes', 'enqueue');
    await until(async () => (await client.runs.retrieve(runId)).status === 'running');
    const age = "set created_at = now() - interval '1 day', started_at = now() - interval '1 day', updated_at = now() - interval '1 day'";
    await stack.backend.database.query(`update runs ${age} where id = $1`, [runId]);
    await stack.backend.temporal.client.workflow.execute('reconcile', { workflowId: `reconcile/test/${randomUUID()}`, taskQueue });
    const refused = await send(agentId, { input: 'now?', on_busy: 'reject' });
    assert.equal(refused.status, 409);
    assert.equal(((await refused.json()) as { run_id: string }).run_id, runId);
    gate.open();
    assert.equal((await readRun(runId)).at(-2)?.message_type, 'stop_reason');
    assert.equal((await client.runs.retrieve(runId)).status, 'completed');
  });

  it('interrupt: stops the run, keeps what it has said, and goes before all that wait', async () => {
    const answered: string[] = [];
    stack.mock.script = request => {
      const asked = lastUserText(request);
      answered.push(asked);
      return asked === 'long' ? { text: 'word '.repeat(400), pieceDelayMs: 30 } : { text: `answer to ${asked}` };
    };
    const agentId = await newAgent();
    const long = await sendAsync(agentId, 'long', 'enqueue');
    const queued = await sendAsync(agentId, 'queued', 'enqueue');
    await until(async () => (await stack.backend.runEvents.readAfter(long, 0)).length > 0);
    const urgent = await sendAsync(agentId, 'urgent', 'interrupt');
    await Promise.all([long, queued, urgent].map(runId => readRun(runId)));
    assert.deepEqual(answered, ['long', 'urgent', 'queued']);
    const runs = await Promise.all([long, urgent, queued].map(id => client.runs.retrieve(id)));
    assert.deepEqual(
      runs.map(run => [run.status, run.stop_reason]),
      [
        ['cancelled', 'cancelled'],
        ['completed', 'end_turn'],
        ['completed', 'end_turn'],
      ],
    );
    const [asked, said, ...rest] = await shownTexts(agentId);
    assert.equal(asked, 'long');
    assert.match(String(said), /^(word )+$/);
    assert.deepEqual(rest, ['urgent', 'answer to urgent', 'queued', 'answer to queued']);
  });

  it('interrupt: does not lose what was said to a run that had not begun to answer', async () => {
    stack.mock.script = request => ({ text: `answer to ${lastUserText(request)}` });
    const agentId = await newAgent();
    const lane = await stack.backend.database.query<{ id: string }>('select id from conversations where agent_id = $1', [agentId]);
    const conversationId = lane[0]?.id ?? '';
    // Accepted, and nobody has woken the conversation yet: as between the commit and the signal.
    const first = await acceptOnly(stack, agentId, 'first');
    const second = await sendAsync(agentId, 'second', 'interrupt');
    await readRun(second);
    assert.equal((await client.runs.retrieve(first)).status, 'cancelled');
    assert.deepEqual(await shownTexts(agentId), ['first', 'second', 'answer to second']);
    assert.equal(await stack.backend.conversations.status({ agentId, conversationId }).then(status => status !== null), true);
  });

  it('rollback: undoes what the run did to the conversation and to memory, and nothing that others did', async () => {
    const gate = createGate();
    let edited = false;
    stack.mock.script = request => {
      const asked = lastUserText(request);
      if (asked !== 'remember') return { text: `answer to ${asked}` };
      if (request.messages.at(-1)?.role === 'tool') {
        edited = true;
        return gate.opened.then(() => ({ text: 'too late' }));
      }
      return {
        toolCalls: [
          { name: 'memory_insert', args: { label: 'human', new_string: 'likes tea' } },
          { name: 'memory_insert', args: { label: 'persona', new_string: 'is curious' } },
        ],
      };
    };
    const agentId = await newAgent({
      memory_blocks: [
        { label: 'human', value: 'before' },
        { label: 'persona', value: 'before' },
      ],
      model_settings: { parallel_tool_calls: true },
    });
    await client.agents.messages.create(agentId, { input: 'kept' });
    const undone = await sendAsync(agentId, 'remember', 'enqueue');
    await until(() => edited);
    await client.agents.blocks.update('persona', { agent_id: agentId, value: 'changed by a user' });
    const next = await sendAsync(agentId, 'instead', 'rollback');
    await Promise.all([undone, next].map(runId => readRun(runId)));
    gate.open();
    assert.deepEqual(await shownTexts(agentId), ['kept', 'answer to kept', 'instead', 'answer to instead']);
    const all = await fetch(`${stack.url}/v1/agents/${agentId}/messages?include_err=true&order=asc`);
    const hidden = ((await all.json()) as { message_type: string; is_err: boolean | null }[]).filter(message => message.is_err === true);
    assert.deepEqual(
      hidden.map(message => message.message_type),
      ['user_message', 'tool_call_message', 'tool_return_message'],
    );
    const values = await Promise.all(
      ['human', 'persona'].map(async label => (await client.agents.blocks.retrieve(label, { agent_id: agentId })).value),
    );
    assert.deepEqual(values, ['before', 'changed by a user']);
    const run = await client.runs.retrieve(undone);
    assert.equal(run.status, 'cancelled');
    assert.deepEqual(run.metadata?.['rollback'], { blocks_kept: ['persona'] });
    const [last] = stack.mock.seen.slice(-1);
    assert.ok(last !== undefined && !JSON.stringify(last.request.messages).includes('likes tea'), 'the model sees nothing of it');
    await stack.backend.rollbacks.undo(undone);
    assert.equal((await client.agents.blocks.retrieve('human', { agent_id: agentId })).value, 'before');
  });

  it('rollback: leaves what a run has carried out because it was allowed, for the call was made before', async () => {
    const gate = createGate();
    let isCarriedOut = false;
    stack.mock.script = async request => {
      if (lastUserText(request) === 'instead') return { text: 'so be it' };
      if (request.messages.at(-1)?.role !== 'tool')
        return { toolCalls: [{ name: 'archival_memory_insert', args: { content: 'tea' }, id: 'call_1' }] };
      isCarriedOut = true;
      await gate.opened;
      return { text: 'too late' };
    };
    const agentId = await newAgent({
      tools: ['archival_memory_insert'],
      include_base_tool_rules: false,
      tool_rules: [{ type: 'requires_approval', tool_name: 'archival_memory_insert' }],
    });
    await client.agents.messages.create(agentId, { input: 'remember' });
    const answers = [{ type: 'approval', approvals: [{ type: 'approval', tool_call_id: 'call_1', approve: true }] }];
    const allowed = (await client.agents.messages.createAsync(agentId, { messages: answers } as never)).id;
    await until(() => isCarriedOut);
    const next = await sendAsync(agentId, 'instead', 'rollback');
    await Promise.all([allowed, next].map(runId => readRun(runId)));
    gate.open();
    assert.deepEqual((await client.runs.retrieve(allowed)).metadata?.['rollback'], { blocks_kept: [] });
    const passages = await client.agents.passages.list(agentId);
    assert.deepEqual(
      passages.map(passage => passage.text),
      ['tea'],
    );
  });

  it("takes the agent's policy where the message has none, and the message's before it", async () => {
    const gate = createGate();
    stack.mock.script = async () => {
      await gate.opened;
      return { text: 'done' };
    };
    const agentId = await newAgent({ on_busy: 'reject' });
    assert.equal(((await client.agents.retrieve(agentId)) as unknown as { on_busy: string }).on_busy, 'reject');
    const first = await sendAsync(agentId, 'first', 'enqueue');
    assert.equal((await send(agentId, { input: 'second' })).status, 409);
    const third = await sendAsync(agentId, 'third', 'enqueue');
    const changed = await client.agents.update(agentId, { on_busy: 'enqueue' } as object);
    assert.equal((changed as unknown as { on_busy: string }).on_busy, 'enqueue');
    const fourth = send(agentId, { input: 'fourth' });
    gate.open();
    assert.equal((await fourth).status, 200);
    await Promise.all([first, third].map(runId => readRun(runId)));
    const wrong = await fetch(`${stack.url}/v1/agents/${agentId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ on_busy: 'maybe' }),
    });
    assert.equal(wrong.status, 422);
  });
});

async function acceptOnly(stack: Stack, agentId: string, text: string): Promise<string> {
  const runId = `run-${randomUUID()}`;
  await stack.backend.accepts.acceptRun({
    runId,
    command: null,
    organizationId: 'org-00000000-0000-4000-8000-000000000000',
    agentId,
    conversationId: null,
    input: [
      {
        id: `message-${randomUUID()}`,
        role: 'user',
        content: [{ type: 'text', text }],
        otid: randomUUID(),
        name: null,
        senderId: null,
        groupId: null,
      },
    ],
    options: { maxSteps: 5, overrideModel: null, overrideSystem: null, clientTools: [], clientSkills: [] },
    requestConfig: {
      useAssistantMessage: true,
      assistantMessageToolName: 'send_message',
      assistantMessageToolKwarg: 'message',
      includeReturnMessageTypes: null,
      includeCompactionMessages: false,
      streamTokens: null,
    },
    isolation: 'workflow',
    background: true,
    metadata: {},
    callbackUrl: null,
    onBusy: null,
    answer: null,
    onPending: null,
    refusesAsRun: false,
    routeOnBusy: 'enqueue',
    clientOtid: null,
    idempotencyKey: null,
    requestHash: '',
    isRetry: false,
  });
  return runId;
}
