import assert from 'node:assert/strict';
import { approval, approvalWorld, types, waitFor } from '../support/approval-world.js';
import type { ApprovalWorld } from '../support/approval-world.js';
import { pngBase64 } from '../support/image-server.js';
import { textOf } from '../support/mock-openai.js';
import { modelOf, wireForms } from '../support/models.js';
import { useStack } from '../support/stack-client.js';

describe('what waits for an answer', () => {
  const { stack } = useStack();
  let world: ApprovalWorld;

  before(async () => {
    world = approvalWorld(stack);
  });
  beforeEach(() => world.reset());

  /** Nothing waits for an answer, and nothing runs any more. */
  async function settled(agentId: string): Promise<void> {
    await waitFor(async () => (await world.letta.agents.retrieve(agentId)).pending_approval === null);
    await waitFor(async () => (await world.letta.runs.list({ agent_id: agentId, active: true })).items.length === 0);
  }

  const answerOne = (id: string, answer: Record<string, unknown>): Promise<Response> =>
    fetch(`${stack.url}/v1/approvals/${id}/answers`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ answers: [answer] }),
    });

  it('keeps the calls that need no answer waiting with the others, and returns all of them at once', async () => {
    world.callsThenText(
      { name: 'conversation_search', args: { query: 'x' }, id: 'free' },
      { name: 'test_tool', args: { text: '1' }, id: 'a' },
      { name: 'test_tool', args: { text: '2' }, id: 'b' },
      { name: 'mine', args: {}, id: 'c' },
    );
    const agentId = await world.askingAgent({ parallel_tool_calls: true });
    const clientTools = [{ name: 'mine', description: 'At the client.' }];
    const asked = await world.ask(agentId, { client_tools: clientTools });
    assert.deepEqual(types(asked.messages), ['assistant_message', 'tool_call_message', 'approval_request_message']);
    assert.deepEqual(
      asked.messages[2]?.tool_calls?.map(call => call.tool_call_id),
      ['a', 'b', 'c'],
    );
    const approvals = [
      { type: 'approval', tool_call_id: 'a', approve: true },
      { type: 'approval', tool_call_id: 'b', approve: false, reason: 'no' },
      { type: 'tool', tool_call_id: 'c', tool_return: 'from here', status: 'success' },
    ];
    const done = await world.post(agentId, { messages: [{ type: 'approval', approvals }], client_tools: clientTools });
    const returns = done.messages[0]?.tool_returns ?? [];
    assert.deepEqual(
      returns.map(entry => [entry.tool_call_id, entry.status]),
      [
        ['c', 'success'],
        ['b', 'error'],
        ['free', 'success'],
        ['a', 'success'],
      ],
    );
    const sent = stack.mock.seen.at(-1)?.request;
    assert.equal(sent?.messages.filter(message => message.role === 'assistant').length, 1, 'the model sees one answer of its own');
    assert.equal(sent.messages.findLast(message => message.role === 'assistant')?.tool_calls?.length, 4);
  });

  it('offers the tools of the client for the one request that names them, in the place of one of the same name', async () => {
    const offered: (readonly string[])[] = [];
    stack.mock.script = request => {
      offered.push((request.tools ?? []).map(tool => tool.function.name).sort());
      return request.messages.at(-1)?.role === 'tool' ? { text: 'Thanks.' } : { toolCalls: [{ name: 'test_tool', args: {}, id: 'x' }] };
    };
    const agentId = await world.newAgent({ tools: ['test_tool'], include_base_tools: false });
    const own = { name: 'test_tool', description: 'Mine', parameters: { type: 'object', properties: { a: { type: 'string' } } } };
    const asked = await world.ask(agentId, { client_tools: [own] });
    assert.equal(asked.stop_reason.stop_reason, 'requires_approval');
    const done = await world.answer(agentId, {
      type: 'tool_return',
      tool_returns: [{ type: 'tool', tool_call_id: 'x', status: 'error', tool_return: 'broken', stderr: ['oh'] }],
    });
    assert.deepEqual(types(done.messages), ['tool_return_message', 'assistant_message']);
    assert.equal(done.messages[0]?.tool_returns?.[0]?.status, 'error');
    assert.equal(world.executed.length, 0);
    assert.deepEqual(offered, [['test_tool'], ['test_tool']]);
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool' ? { text: 'Done.' } : { toolCalls: [{ name: 'test_tool', args: {}, id: 'y' }] };
    assert.equal((await world.ask(agentId)).stop_reason.stop_reason, 'end_turn', 'without the client tool the own one runs');
    assert.equal(world.executed.length, 1);
  });

  for (const form of wireForms) {
    it(`gives the model the images that a tool of the client returns, in the form of ${form}`, async () => {
      stack.mock.script = request =>
        request.messages.some(message => message.role === 'tool')
          ? { text: 'I see.' }
          : { toolCalls: [{ name: 'mine', args: {}, id: 'shot' }] };
      const agentId = await world.newAgent({ model: modelOf[form], include_base_tools: false });
      const clientTools = [{ name: 'mine', description: 'Takes a picture.' }];
      await world.ask(agentId, { client_tools: clientTools });
      const image = (data: string) => ({ type: 'image', source: { type: 'base64', media_type: 'image/png', data } });
      const returning = (data: string) => ({
        type: 'tool_return',
        tool_returns: [
          { type: 'tool', tool_call_id: 'shot', status: 'success', tool_return: [{ type: 'text', text: 'Here.' }, image(data)] },
        ],
      });
      const refused = await world.send(agentId, { messages: [returning('xx')], client_tools: clientTools });
      assert.equal(refused.status, 400, 'what is no image changes nothing');
      const done = await world.post(agentId, { messages: [returning(pngBase64)], client_tools: clientTools });
      assert.equal(done.messages.at(-1)?.message_type, 'assistant_message');
      const body = JSON.stringify(stack.mock.seen.at(-1)?.body);
      assert.ok(body.includes(pngBase64), 'the model sees it');
      assert.match(body, /Here\./);
      const shown = JSON.parse(JSON.stringify(done.messages[0]?.tool_returns?.[0]?.tool_return)) as unknown;
      assert.deepEqual(shown, [
        { type: 'text', text: 'Here.', signature: null },
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pngBase64, detail: null } },
      ]);
    });
  }

  it('takes a message in the place of an answer, or lets it wait behind it, when asked to', async () => {
    const denying = await world.askingAgent();
    await world.ask(denying);
    stack.mock.script = request => ({ text: `I heard: ${textOf(request.messages.at(-1))}` });
    const heard = await world.ask(denying, { input: 'Never mind.', on_pending_approval: 'deny' });
    assert.equal(heard.messages.at(-1)?.content, 'I heard: Never mind.');
    assert.match(JSON.stringify(stack.mock.seen.at(-1)?.request.messages), /new message instead of an answer/);

    world.callsThenText({ name: 'test_tool', args: {}, id: 'call_q' });
    const queueing = await world.askingAgent({ approval_settings: { on_message: 'queue' } });
    await world.ask(queueing);
    const order: string[] = [];
    stack.mock.script = request => {
      order.push(String(request.messages.at(-1)?.role));
      return { text: 'Fine.' };
    };
    const queued = world.ask(queueing, { input: 'I wait.' });
    await waitFor(async () => (await world.letta.runs.list({ agent_id: queueing, active: true })).items.length === 1);
    assert.deepEqual(order, []);
    await world.answer(queueing, approval('call_q', true));
    await queued;
    assert.deepEqual(order, ['tool', 'user']);
  });

  it('denies what waits when it is cancelled, and counts the run that asked as cancelled', async () => {
    const agentId = await world.askingAgent();
    await world.ask(agentId);
    const outcome = await world.letta.agents.messages.cancel(agentId);
    const [runId] = Object.keys(outcome);
    assert.equal((await world.letta.runs.retrieve(String(runId))).status, 'cancelled');
    assert.equal((await world.letta.agents.retrieve(agentId)).pending_approval, null);
    const history = await world.listed(agentId);
    assert.deepEqual(types(history.slice(-2)), ['approval_response_message', 'tool_return_message']);
    assert.match(history.at(-1)?.tool_returns?.[0]?.tool_return ?? '', /The user cancelled the request, so the tool call was denied/);
    stack.mock.script = () => ({ text: 'Next.' });
    const next = await world.ask(agentId);
    assert.equal(next.messages.at(-1)?.content, 'Next.');
    const twice = await world.send(agentId, { messages: [approval('call_1', true)] });
    assert.equal(twice.status, 200, 'an answer that comes too late is met as one that was given');
  });

  it('lists what waits in an inbox, takes answers one by one, and goes on after the last', async () => {
    world.callsThenText({ name: 'test_tool', args: { text: '1' }, id: 'one' }, { name: 'test_tool', args: { text: '2' }, id: 'two' });
    const agentId = await world.askingAgent({ parallel_tool_calls: true });
    await world.ask(agentId);
    const inbox = async (query = '') => (await (await fetch(`${stack.url}/v1/approvals?agent_id=${agentId}${query}`)).json()) as Inbox[];
    const [request] = await inbox();
    assert.ok(request !== undefined);
    assert.deepEqual(
      request.tool_calls.map(call => [call.name, call.arguments, call.kind]),
      [
        ['test_tool', '{"text":"1"}', 'approval'],
        ['test_tool', '{"text":"2"}', 'approval'],
      ],
    );
    const respond = (body: unknown) =>
      fetch(`${stack.url}/v1/approvals/${request.id}/answers`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
    const yes = { answers: [{ tool_call_id: 'one', approve: true }] };
    assert.equal(((await (await respond(yes)).json()) as Inbox).status, 'pending');
    assert.equal((await respond(yes)).status, 200, 'the same answer again is no harm');
    assert.equal((await respond({ answers: [{ tool_call_id: 'one', approve: false }] })).status, 400, 'another one is');
    assert.equal((await respond({ answers: [{ tool_call_id: 'three', approve: true }] })).status, 400);
    assert.equal(world.executed.length, 0);
    const complete = (await (await respond({ answers: [{ tool_call_id: 'two', approve: false, reason: 'no' }] })).json()) as Inbox;
    assert.ok(complete.answering_run_id !== null);
    await world.readRun(complete.answering_run_id);
    assert.equal(world.executed.length, 1);
    assert.equal((await inbox()).length, 0);
    assert.equal((await inbox('&status=closed'))[0]?.answered_by, 'client');
    assert.equal((await respond(yes)).status, 409);
    assert.equal((await fetch(`${stack.url}/v1/approvals/message-none`)).status, 404);
  });

  it('keeps at the deadline what somebody has answered before', async () => {
    world.callsThenText({ name: 'test_tool', args: { text: '1' }, id: 'one' }, { name: 'test_tool', args: { text: '2' }, id: 'two' });
    const settings = { deadline_seconds: 2, on_timeout: 'approve' };
    const agentId = await world.askingAgent({ parallel_tool_calls: true, approval_settings: settings });
    const asked = await world.ask(agentId);
    const id = asked.messages.find(message => message.message_type === 'approval_request_message')?.id ?? '';
    const denial = await answerOne(id, { tool_call_id: 'one', approve: false, reason: 'never' });
    assert.equal(denial.status, 200);
    await settled(agentId);
    assert.equal(world.executed.length, 1, 'the call that nobody answered was allowed, the denied one was not');
    const returns = (await world.listed(agentId)).find(message => message.message_type === 'tool_return_message')?.tool_returns ?? [];
    assert.match(returns.find(entry => entry.tool_call_id === 'one')?.tool_return ?? '', /never/);
  });

  it('settles requests whose calls share an id, and those of agents that were terminated', async () => {
    world.callsThenText({ name: 'test_tool', args: { text: '1' }, id: 'same' }, { name: 'test_tool', args: { text: '2' }, id: 'same' });
    const twins = await world.askingAgent({ parallel_tool_calls: true, approval_settings: { deadline_seconds: 1, on_timeout: 'approve' } });
    await world.ask(twins);
    await settled(twins);
    assert.equal(world.executed.length, 2);
    const ended = await world.askingAgent();
    await world.ask(ended);
    // As when the API dies between the state and what follows from it.
    await stack.backend.database.query(`update agents set lifecycle_state = 'terminated' where id = $1`, [ended]);
    await settled(ended);
    assert.equal((await world.listed(ended)).at(-1)?.message_type, 'tool_return_message');
  });

  it('lets no run be deleted whose calls wait, and denies nothing for a message that is refused', async () => {
    const agentId = await world.askingAgent();
    await world.ask(agentId);
    const [asking] = (await world.letta.runs.list({ agent_id: agentId })).items;
    assert.equal((await fetch(`${stack.url}/v1/runs/${asking?.id ?? ''}`, { method: 'DELETE' })).status, 409);
    const waiting = await world.letta.agents.messages.createAsync(agentId, { input: 'I wait.', on_pending_approval: 'queue' } as never);
    const refused = await world.send(agentId, { input: 'No.', on_pending_approval: 'deny', on_busy: 'reject' });
    assert.equal(refused.status, 409);
    assert.notEqual((await world.letta.agents.retrieve(agentId)).pending_approval, null);
    await world.answer(agentId, approval('call_1', true));
    await world.readRun(waiting.id);
    assert.equal(world.executed.length, 1);
  });

  it('gives up what a run asks that is to stop, so that nothing waits for an answer to it', async () => {
    const agentId = await world.askingAgent();
    let release: () => void = () => undefined;
    const gate = new Promise<void>(resolve => {
      release = resolve;
    });
    stack.mock.script = async request => {
      if (textOf(request.messages.at(-1)) !== 'Please.') return { text: 'Next.' };
      await gate;
      return { toolCalls: [{ name: 'test_tool', args: {}, id: 'late' }] };
    };
    const run = await world.letta.agents.messages.createAsync(agentId, { input: 'Please.' });
    await waitFor(() =>
      Promise.resolve(
        stack.mock.seen.some(
          ({ request }) => textOf(request.messages.at(-1)) === 'Please.' && textOf(request.messages[0]).includes(agentId),
        ),
      ),
    );
    // Only the row tells of the cancel: its signal is lost, and the model's answer comes in whole.
    await stack.backend.database.query('update runs set cancel_requested_at = now() where id = $1', [run.id]);
    release();
    await world.readRun(run.id);
    assert.equal((await world.letta.runs.retrieve(run.id)).status, 'cancelled');
    assert.equal((await world.letta.agents.retrieve(agentId)).pending_approval, null);
    assert.equal((await world.ask(agentId, { input: 'Go on.' })).messages.at(-1)?.content, 'Next.');
    assert.equal(world.executed.length, 0);
  });

  it('does at the deadline what the agent wants', async () => {
    const settledBy = async (onTimeout: string) => {
      const agentId = await world.askingAgent({ approval_settings: { deadline_seconds: 1, on_timeout: onTimeout } });
      await world.ask(agentId);
      await settled(agentId);
      return agentId;
    };
    const denied = await world.listed(await settledBy('deny'));
    assert.match(denied.at(-2)?.tool_returns?.[0]?.tool_return ?? '', /in time/);
    assert.equal(denied.at(-1)?.message_type, 'assistant_message', 'the model goes on');
    assert.equal(world.executed.length, 0);
    await settledBy('approve');
    assert.equal(world.executed.length, 1);
    const failed = await settledBy('fail');
    assert.equal((await world.listed(failed)).at(-1)?.message_type, 'tool_return_message', 'the model is not asked');
    const [run] = (await world.letta.runs.list({ agent_id: failed })).items;
    assert.equal(run?.status, 'failed');
  });
});

interface Inbox {
  readonly id: string;
  readonly status: string;
  readonly answered_by: string | null;
  readonly answering_run_id: string | null;
  readonly tool_calls: readonly { readonly name: string; readonly arguments: string; readonly kind: string }[];
}
