import assert from 'node:assert/strict';
import type { Letta } from '@letta-ai/letta-client';
import { agentClient } from '../support/agent-client.js';
import type { AgentClient, StreamedEvent } from '../support/agent-client.js';
import type { MockRequest } from '../support/mock-openai.js';
import { textOf } from '../support/mock-openai.js';
import { sharedStack } from '../support/stack.js';
import type { Stack } from '../support/stack.js';

interface Shown {
  readonly message_type: string;
  readonly id: string;
  readonly otid?: string;
  readonly tool_calls?: readonly { readonly name: string; readonly tool_call_id: string; readonly arguments: string }[];
  readonly tool_returns?: readonly { readonly tool_call_id: string; readonly status: string; readonly tool_return: string }[];
  readonly content?: unknown;
  readonly approval_request_id?: string;
}

interface Answer {
  readonly messages: readonly Shown[];
  readonly stop_reason: { readonly stop_reason: string };
}

describe('approvals by the official SDK', () => {
  let stack: Stack;
  let letta: Letta;
  let client: AgentClient;
  let executed: string[] = [];

  before(async () => {
    stack = await sharedStack();
    client = agentClient(stack.url);
    letta = client.letta;
  });

  beforeEach(() => {
    executed = [];
    stack.testTool = async call => {
      executed.push(call.id);
      return Promise.resolve({ status: 'success', value: 'the tool ran' });
    };
    callsThenText({ name: 'test_tool', args: { text: 'hi' }, id: 'call_1' });
  });

  /** The first answer of a turn calls, the next one tells what came back. */
  function callsThenText(...toolCalls: readonly { name: string; args: Record<string, unknown>; id: string }[]): void {
    stack.mock.script = request => {
      const last = request.messages.at(-1);
      return last?.role === 'tool' ? { text: `Returned: ${textOf(last)}` } : { text: 'Let me see.', toolCalls };
    };
  }

  async function askingAgent(more: Record<string, unknown> = {}): Promise<string> {
    return client.newAgent({ tools: ['test_tool'], tool_rules: [{ type: 'requires_approval', tool_name: 'test_tool' }], ...more });
  }

  async function post(agentId: string, body: Record<string, unknown>): Promise<Answer> {
    const response = await client.send(agentId, body);
    const answer: unknown = await response.json();
    assert.equal(response.status, 200, JSON.stringify(answer));
    return answer as Answer;
  }

  const ask = (agentId: string, more: Record<string, unknown> = {}) => post(agentId, { input: 'Please.', ...more });
  const approval = (toolCallId: string, approve: boolean, reason?: string) => ({
    type: 'approval',
    approvals: [{ type: 'approval', tool_call_id: toolCallId, approve, reason }],
  });
  const answer = (agentId: string, ...messages: readonly unknown[]) => post(agentId, { messages });
  const types = (messages: readonly { readonly message_type: string }[]) => messages.map(message => message.message_type);
  const listed = async (agentId: string) => (await letta.agents.messages.list(agentId, { order: 'asc' })).items as unknown as Shown[];

  it('asks before it runs, shows what waits while no workflow is open, and runs what is allowed', async () => {
    const agentId = await askingAgent();
    const asked = await ask(agentId);
    assert.deepEqual(types(asked.messages), ['assistant_message', 'approval_request_message']);
    assert.equal(asked.stop_reason.stop_reason, 'requires_approval');
    const request = asked.messages[1];
    assert.deepEqual(request?.tool_calls, [{ name: 'test_tool', arguments: '{"text":"hi"}', tool_call_id: 'call_1' }]);
    assert.equal(request.otid, request.id);
    assert.equal(executed.length, 0);
    const waiting = await letta.agents.retrieve(agentId);
    assert.equal(waiting.pending_approval?.id, request.id);
    assert.equal(waiting.last_stop_reason, 'requires_approval');

    const handle = stack.backend.temporal.client.workflow.getHandle(`agent/${agentId}/default`);
    await waitFor(async () => (await handle.describe()).status.name === 'COMPLETED');

    const done = await answer(agentId, approval('call_1', true));
    assert.deepEqual(types(done.messages), ['tool_return_message', 'assistant_message']);
    assert.equal(done.stop_reason.stop_reason, 'end_turn');
    assert.equal(executed.length, 1);
    assert.match(String(done.messages[1]?.content), /the tool ran/);
    assert.equal((await letta.agents.retrieve(agentId)).pending_approval, null);
    const history = await listed(agentId);
    assert.deepEqual(types(history.slice(1)), [
      'user_message',
      'assistant_message',
      'approval_request_message',
      'approval_response_message',
      'tool_return_message',
      'assistant_message',
    ]);
    assert.equal(history.find(message => message.message_type === 'approval_response_message')?.approval_request_id, 'call_1');
  });

  it('streams the request in pieces under the ids of the list', async () => {
    const agentId = await askingAgent();
    const stream = await letta.agents.messages.create(agentId, { input: 'Go', streaming: true, stream_tokens: true, include_pings: false });
    const events: (StreamedEvent & Shown & { tool_call?: { arguments: string } })[] = [];
    for await (const event of stream) events.push(event as unknown as (typeof events)[number]);
    const request = (await letta.agents.retrieve(agentId)).pending_approval;
    const pieces = events.filter(event => event.message_type === 'approval_request_message');
    assert.ok(pieces.every(piece => piece.id === request?.id && piece.otid === request.id));
    assert.equal(pieces.map(piece => piece.tool_call?.arguments ?? '').join(''), '{"text":"hi"}');
    assert.deepEqual(types(events.slice(-2)), ['stop_reason', 'usage_statistics']);
    const back = await letta.agents.messages.create(agentId, {
      messages: [approval('call_1', true)] as never,
      streaming: true,
      include_pings: false,
    });
    const answers: StreamedEvent[] = [];
    for await (const event of back) answers.push(event as unknown as StreamedEvent);
    assert.deepEqual(types(answers), ['tool_return_message', 'assistant_message', 'stop_reason', 'usage_statistics']);
  });

  it('tells the model of a denial and its reason, and runs nothing', async () => {
    const agentId = await askingAgent();
    await ask(agentId);
    const done = await answer(agentId, approval('call_1', false, 'too dangerous'));
    assert.equal(done.messages[0]?.tool_returns?.[0]?.status, 'error');
    assert.match(String(done.messages[1]?.content), /request to call tool denied. User reason: too dangerous/);
    assert.equal(executed.length, 0);
  });

  it('takes the older form of an answer, and what is said along with it after the returns', async () => {
    const agentId = await askingAgent();
    const asked = await ask(agentId);
    const done = await answer(
      agentId,
      { type: 'approval', approve: true, approval_request_id: asked.messages[1]?.id },
      { role: 'user', content: 'And hurry up.' },
    );
    assert.equal(executed.length, 1);
    assert.equal(done.stop_reason.stop_reason, 'requires_approval', 'the follow-up was the last message, so the model calls again');
    const history = await listed(agentId);
    const returnAt = history.findIndex(message => message.message_type === 'tool_return_message');
    assert.equal(history[returnAt + 1]?.content, 'And hurry up.');
  });

  it('keeps the calls that need no answer waiting with the others, and returns all of them at once', async () => {
    callsThenText(
      { name: 'conversation_search', args: { query: 'x' }, id: 'free' },
      { name: 'test_tool', args: { text: '1' }, id: 'a' },
      { name: 'test_tool', args: { text: '2' }, id: 'b' },
      { name: 'mine', args: {}, id: 'c' },
    );
    const agentId = await askingAgent({ parallel_tool_calls: true });
    const clientTools = [{ name: 'mine', description: 'At the client.' }];
    const asked = await ask(agentId, { client_tools: clientTools });
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
    const done = await post(agentId, { messages: [{ type: 'approval', approvals }], client_tools: clientTools });
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
    const agentId = await client.newAgent({ tools: ['test_tool'], include_base_tools: false });
    const own = { name: 'test_tool', description: 'Mine', parameters: { type: 'object', properties: { a: { type: 'string' } } } };
    const asked = await ask(agentId, { client_tools: [own] });
    assert.equal(asked.stop_reason.stop_reason, 'requires_approval');
    const done = await answer(agentId, {
      type: 'tool_return',
      tool_returns: [{ type: 'tool', tool_call_id: 'x', status: 'error', tool_return: 'broken', stderr: ['oh'] }],
    });
    assert.deepEqual(types(done.messages), ['tool_return_message', 'assistant_message']);
    assert.equal(done.messages[0]?.tool_returns?.[0]?.status, 'error');
    assert.equal(executed.length, 0);
    assert.deepEqual(offered, [['test_tool'], ['test_tool']]);
    stack.mock.script = request =>
      request.messages.at(-1)?.role === 'tool' ? { text: 'Done.' } : { toolCalls: [{ name: 'test_tool', args: {}, id: 'y' }] };
    assert.equal((await ask(agentId)).stop_reason.stop_reason, 'end_turn', 'without the client tool the own one runs');
    assert.equal(executed.length, 1);
  });

  it('refuses a message while an approval is pending, an answer when none is, and one that does not fit, as V1 does', async () => {
    const agentId = await askingAgent();
    const early = await client.send(agentId, { messages: [approval('call_1', true)] });
    assert.equal(early.status, 400);
    assert.match(
      ((await early.json()) as { detail: string }).detail,
      /^Cannot process approval response: No tool call is currently awaiting approval\./,
    );
    const asked = await ask(agentId);
    const refused = await client.send(agentId, { input: 'Hello?' });
    assert.equal(refused.status, 409);
    const { detail } = (await refused.json()) as { detail: { code: string; message: string; pending_request_id: string } };
    assert.equal(detail.code, 'PENDING_APPROVAL');
    assert.match(detail.message, /Please approve or deny the pending request before continuing/);
    assert.equal(detail.pending_request_id, asked.messages[1]?.id);
    const wrong = await client.send(agentId, { messages: [approval('call_2', true)] });
    assert.equal(wrong.status, 400);
    assert.equal(
      ((await wrong.json()) as { detail: string }).detail,
      "Invalid tool call IDs. Expected '['call_1']', but received '['call_2']'.",
    );
    const stream = await client.send(agentId, { input: 'Hello?', streaming: true });
    assert.equal(stream.status, 200);
    const text = await stream.text();
    assert.match(text, /"stop_reason":"error"/);
    assert.match(text, /event: error\ndata: .*internal_error.*Please approve or deny the pending request/);
    assert.match(text, /\[DONE\]/);
    const before = await listed(agentId);
    assert.equal(before.filter(message => message.message_type === 'user_message').length, 1, 'what was refused has changed nothing');
    await answer(agentId, approval('call_1', true));
    assert.equal(executed.length, 1);
  });

  it('takes a message in the place of an answer, or lets it wait behind it, when asked to', async () => {
    const denying = await askingAgent();
    await ask(denying);
    stack.mock.script = request => ({ text: `I heard: ${textOf(request.messages.at(-1))}` });
    const heard = await ask(denying, { input: 'Never mind.', on_pending_approval: 'deny' });
    assert.equal(heard.messages.at(-1)?.content, 'I heard: Never mind.');
    assert.match(JSON.stringify(stack.mock.seen.at(-1)?.request.messages), /new message instead of an answer/);

    callsThenText({ name: 'test_tool', args: {}, id: 'call_q' });
    const queueing = await askingAgent({ approval_settings: { on_message: 'queue' } });
    await ask(queueing);
    const order: string[] = [];
    stack.mock.script = request => {
      order.push(String(request.messages.at(-1)?.role));
      return { text: 'Fine.' };
    };
    const queued = ask(queueing, { input: 'I wait.' });
    await waitFor(async () => (await letta.runs.list({ agent_id: queueing, active: true })).items.length === 1);
    assert.deepEqual(order, []);
    await answer(queueing, approval('call_q', true));
    await queued;
    assert.deepEqual(order, ['tool', 'user']);
  });

  it('knows an answer that comes again: it attaches to the run it led to, and later gives the model another turn', async () => {
    const agentId = await askingAgent();
    await ask(agentId);
    const [first, second] = await Promise.all([answer(agentId, approval('call_1', true)), answer(agentId, approval('call_1', true))]);
    assert.deepEqual(first, second);
    assert.equal(executed.length, 1);
    stack.mock.script = () => ({ text: 'Still here.' });
    const again = await answer(agentId, approval('call_1', true));
    assert.equal(again.stop_reason.stop_reason, 'end_turn');
    assert.equal(again.messages.at(-1)?.content, 'Still here.');
    assert.equal(executed.length, 1);
  });

  it('denies what waits when it is cancelled, and counts the run that asked as cancelled', async () => {
    const agentId = await askingAgent();
    await ask(agentId);
    const outcome = await letta.agents.messages.cancel(agentId);
    const [runId] = Object.keys(outcome);
    assert.equal((await letta.runs.retrieve(String(runId))).status, 'cancelled');
    assert.equal((await letta.agents.retrieve(agentId)).pending_approval, null);
    const history = await listed(agentId);
    assert.deepEqual(types(history.slice(-2)), ['approval_response_message', 'tool_return_message']);
    assert.match(history.at(-1)?.tool_returns?.[0]?.tool_return ?? '', /The user cancelled the request, so the tool call was denied/);
    stack.mock.script = () => ({ text: 'Next.' });
    const next = await ask(agentId);
    assert.equal(next.messages.at(-1)?.content, 'Next.');
    const twice = await client.send(agentId, { messages: [approval('call_1', true)] });
    assert.equal(twice.status, 200, 'an answer that comes too late is met as one that was given');
  });

  it('lists what waits in an inbox, takes answers one by one, and goes on after the last', async () => {
    callsThenText({ name: 'test_tool', args: { text: '1' }, id: 'one' }, { name: 'test_tool', args: { text: '2' }, id: 'two' });
    const agentId = await askingAgent({ parallel_tool_calls: true });
    await ask(agentId);
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
    assert.equal(executed.length, 0);
    const complete = (await (await respond({ answers: [{ tool_call_id: 'two', approve: false, reason: 'no' }] })).json()) as Inbox;
    assert.ok(complete.answering_run_id !== null);
    await client.readRun(complete.answering_run_id);
    assert.equal(executed.length, 1);
    assert.equal((await inbox()).length, 0);
    assert.equal((await inbox('&status=closed'))[0]?.answered_by, 'client');
    assert.equal((await respond(yes)).status, 409);
    assert.equal((await fetch(`${stack.url}/v1/approvals/message-none`)).status, 404);
  });

  it('does at the deadline what the agent wants', async () => {
    const settled = async (onTimeout: string) => {
      const agentId = await askingAgent({ approval_settings: { deadline_seconds: 1, on_timeout: onTimeout } });
      await ask(agentId);
      await waitFor(async () => (await letta.agents.retrieve(agentId)).pending_approval === null);
      await waitFor(async () => (await letta.runs.list({ agent_id: agentId, active: true })).items.length === 0);
      return agentId;
    };
    const denied = await listed(await settled('deny'));
    assert.match(denied.at(-2)?.tool_returns?.[0]?.tool_return ?? '', /in time/);
    assert.equal(denied.at(-1)?.message_type, 'assistant_message', 'the model goes on');
    assert.equal(executed.length, 0);
    await settled('approve');
    assert.equal(executed.length, 1);
    const failed = await settled('fail');
    assert.equal((await listed(failed)).at(-1)?.message_type, 'tool_return_message', 'the model is not asked');
    const [run] = (await letta.runs.list({ agent_id: failed })).items;
    assert.equal(run?.status, 'failed');
  });

  it('asks for the tools of the older types too, without what speaks to the loop', async () => {
    stack.mock.script = request =>
      lastReturn(request) === null
        ? { toolCalls: [{ name: 'test_tool', args: { text: 'hi', thinking: 'I think', request_heartbeat: true }, id: 'old' }] }
        : { toolCalls: [{ name: 'send_message', args: { message: 'Told.', thinking: 't', request_heartbeat: false }, id: 'say' }] };
    const agentId = await askingAgent({ agent_type: 'memgpt_v2_agent' });
    const asked = await ask(agentId);
    const request = asked.messages.find(message => message.message_type === 'approval_request_message');
    assert.deepEqual(JSON.parse(request?.tool_calls?.[0]?.arguments ?? ''), { text: 'hi' });
    const done = await answer(agentId, approval('old', false, 'no'));
    assert.equal(done.messages.find(message => message.message_type === 'assistant_message')?.content, 'Told.');
    assert.equal(executed.length, 0);
  });
});

interface Inbox {
  readonly id: string;
  readonly status: string;
  readonly answered_by: string | null;
  readonly answering_run_id: string | null;
  readonly tool_calls: readonly { readonly name: string; readonly arguments: string; readonly kind: string }[];
}

function lastReturn(request: MockRequest): string | null {
  const start = request.messages.findLastIndex(message => message.role === 'user' && textOf(message) === 'Please.');
  const tool = request.messages.slice(start).findLast(message => message.role === 'tool');
  return tool === undefined ? null : textOf(tool);
}

async function waitFor(condition: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    if (await condition()) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error('It did not happen');
}
