import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { lastUserText, useBusyAgents } from '../support/busy-world.js';
import { createGate, until } from '../support/gate.js';
import type { Stack } from '../support/stack.js';

describe('a message that takes the place of an open run', () => {
  const { stack, letta: client, newAgent, readRun, sendAsync, shownTexts } = useBusyAgents();

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
