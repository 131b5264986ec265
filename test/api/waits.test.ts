import assert from 'node:assert/strict';
import { toolCallId } from '../../src/domain/runs/execution-ids.js';
import { until } from '../support/gate.js';
import { useStack } from '../support/stack-client.js';

interface ShownEvent {
  readonly id: string;
  readonly delivered_to: string | null;
}

const unknownAgent = 'agent-00000000-0000-4000-8000-00000000dead';

describe('calls that wait', () => {
  const api = useStack();
  const { stack } = api;

  /** A run whose model makes this call, and then says that it is done. */
  async function begin(name: string, args: Readonly<Record<string, unknown>>, agent?: string): Promise<{ agentId: string; runId: string }> {
    stack.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool' ? { text: 'Done.' } : { toolCalls: [{ name: name, args, id: 'waiting' }] };
    const agentId = agent ?? (await api.newAgent({ tools: ['sleep_until', 'wait_for_event'], include_base_tools: false }));
    const { id: runId } = await api.letta.agents.messages.createAsync(agentId, { input: 'Wait.' });
    return { agentId, runId };
  }

  const callOf = (runId: string): string => toolCallId(runId, 1, 0);

  async function untilWaiting(runId: string): Promise<void> {
    await until(async () => {
      const sql = 'select from tool_calls where id = $1 and wakes_at is not null';
      return (await stack.backend.database.query(sql, [callOf(runId)])).length === 1;
    });
  }

  async function report(agentId: string, body: unknown): Promise<{ status: number; event: ShownEvent; text: string }> {
    const response = await fetch(`${stack.url}/v1/agents/${agentId}/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    return { status: response.status, event: JSON.parse(text) as ShownEvent, text };
  }

  const deliveredTo = async (agentId: string, id: string): Promise<string | null> =>
    (await api.letta.get<ShownEvent>(`/v1/agents/${agentId}/events/${id}`)).delivered_to;

  async function returnOf(runId: string): Promise<string> {
    await api.readRun(runId);
    const listed = (await api.letta.runs.messages.list(runId, { order: 'asc' })).items;
    const returned = listed.filter(message => message.message_type === 'tool_return_message');
    assert.equal(returned.length, 1);
    return returned[0]?.message_type === 'tool_return_message' ? String(returned[0].tool_return) : '';
  }

  it('sleep for a while without a worker, and go on at their time', async () => {
    const { runId } = await begin('sleep_until', { duration_seconds: 1 });
    await untilWaiting(runId);
    const { workflowExecutionInfo: info, pendingActivities } = await stack.backend.temporal.client.workflow
      .getHandle(callOf(runId))
      .describe()
      .then(described => ({ ...described.raw }));
    assert.ok(info);
    assert.equal(pendingActivities?.length ?? 0, 0);
    assert.match(await returnOf(runId), /You waited until .*, which has passed now/);
    const [call] = await stack.backend.database.query<{ in_time: boolean }>(
      'select finished_at >= wakes_at as in_time from tool_calls where id = $1',
      [callOf(runId)],
    );
    assert.equal(call?.in_time, true);
  });

  it('find an event that came before them, and one that comes meanwhile, each once', async () => {
    const early = await begin('sleep_until', { duration_seconds: 1 });
    const { event: first } = await report(early.agentId, { name: 'paid', payload: { amount: 12 } });
    await api.readRun(early.runId);
    const { runId } = await begin('wait_for_event', { name: 'paid' }, early.agentId);
    assert.match(await returnOf(runId), /"amount": ?12/);
    assert.equal(await deliveredTo(early.agentId, first.id), callOf(runId));
    const next = await begin('wait_for_event', { name: 'paid' }, early.agentId);
    await untilWaiting(next.runId);
    await report(early.agentId, { name: 'refunded', payload: 'another name' });
    await report(early.agentId, { name: 'paid', payload: { amount: 13 } });
    assert.match(await returnOf(next.runId), /"amount": ?13/);
  });

  it('take only what is meant for their conversation, and one of several takes an event that is for all', async () => {
    const agentId = await api.newAgent({ tools: ['wait_for_event'], include_base_tools: false });
    const other = await api.letta.conversations.create({ agent_id: agentId });
    const own = await begin('wait_for_event', { name: 'news' }, agentId);
    const { runId: otherRun } = await api.talk.start(other.id, { messages: [{ role: 'user', content: 'Wait.' }] });
    await Promise.all([own.runId, otherRun].map(untilWaiting));
    const { event } = await report(agentId, { name: 'news', payload: 'for the other', conversation_id: other.id });
    assert.match(await returnOf(otherRun), /for the other/);
    assert.equal(await deliveredTo(agentId, event.id), callOf(otherRun));
    assert.equal((await api.letta.runs.retrieve(own.runId)).status, 'running');
    await report(agentId, { name: 'news', payload: 'for all' });
    assert.match(await returnOf(own.runId), /for all/);
  });

  it('end without an event when their time is over', async () => {
    const { runId } = await begin('wait_for_event', { name: 'never', timeout_seconds: 1 });
    assert.match(await returnOf(runId), /timed_out.*No event 'never' has come in time/);
  });

  it('are woken by reconcile when nobody has told them', async () => {
    const { agentId, runId } = await begin('wait_for_event', { name: 'quiet' });
    await untilWaiting(runId);
    const place = {
      organizationId: 'org-00000000-0000-4000-8000-000000000000',
      agentId,
      conversationId: null,
      key: null,
      windowSeconds: 60,
    };
    await stack.backend.agentEvents.add({ ...place, id: 'event-00000000-0000-4000-8000-00000000cafe', name: 'quiet', payload: 'unheard' });
    assert.match(await returnOf(runId), /unheard/);
  });

  it('end with the cancel of their run, and leave their event to others', async () => {
    const { agentId, runId } = await begin('wait_for_event', { name: 'news' });
    await untilWaiting(runId);
    await api.letta.agents.messages.cancel(agentId);
    assert.equal((await api.letta.runs.retrieve(runId)).status, 'cancelled');
    const { event } = await report(agentId, { name: 'news', payload: 'later' });
    assert.equal(await deliveredTo(agentId, event.id), null);
    const next = await begin('wait_for_event', { name: 'news' }, agentId);
    assert.match(await returnOf(next.runId), /later/);
  });

  it('tell the model what is wrong with its arguments', async () => {
    const cases: readonly [string, Readonly<Record<string, unknown>>, RegExp][] = [
      ['sleep_until', {}, /either time or duration_seconds/],
      ['sleep_until', { time: 'soon' }, /Invalid time format: soon/],
      ['sleep_until', { duration_seconds: 99_999_999 }, /the longest wait is 2592000 seconds/],
      ['sleep_until', { time: '2999-01-01' }, /the longest wait is 2592000 seconds/],
      ['wait_for_event', {}, /Missing required argument: name/],
    ];
    for (const [name, args, expected] of cases) assert.match(await returnOf((await begin(name, args)).runId), expected);
  });

  it('refuse events that cannot be meant, and know one that comes again by its key', async () => {
    const agentId = await api.newAgent();
    const other = await api.newAgent();
    const cases: readonly [string, unknown, number][] = [
      [agentId, {}, 422],
      [agentId, { name: '' }, 422],
      [agentId, { name: 'x', payload: 'x'.repeat(70_000) }, 422],
      [agentId, { name: 'x', conversation_id: 'conv-00000000-0000-4000-8000-00000000dead' }, 404],
      [agentId, { name: 'x', conversation_id: other }, 404],
      [unknownAgent, { name: 'x' }, 404],
    ];
    for (const [agent, body, status] of cases) assert.equal((await report(agent, body)).status, status, JSON.stringify(body).slice(0, 80));
    const kept = await stack.backend.database.query('select from agent_events where agent_id = $1', [agentId]);
    assert.equal(kept.length, 0, 'nothing was kept');
    const [first, again] = [await report(agentId, { name: 'x', key: 'k' }), await report(agentId, { name: 'x', key: 'k' })];
    assert.deepEqual([first.status, again.status, again.event.id], [200, 200, first.event.id]);
    assert.equal((await fetch(`${stack.url}/v1/agents/${agentId}/events/event-00000000-0000-4000-8000-00000000dead`)).status, 404);
    assert.equal((await fetch(`${stack.url}/v1/agents/${other}/events/${first.event.id}`)).status, 404);
  });
});
