import assert from 'node:assert/strict';
import { approval, approvalWorld, types, waitFor } from '../support/approval-world.js';
import type { ApprovalWorld, ShownMessage } from '../support/approval-world.js';
import type { StreamedEvent } from '../support/agent-client.js';
import type { MockRequest } from '../support/mock-openai.js';
import { textOf } from '../support/mock-openai.js';
import { useStack } from '../support/stack-client.js';

describe('approvals by the official SDK', () => {
  const { stack } = useStack();
  let world: ApprovalWorld;

  before(async () => {
    world = approvalWorld(stack);
  });
  beforeEach(() => world.reset());

  it('asks before it runs, shows what waits while no workflow is open, and runs what is allowed', async () => {
    const agentId = await world.askingAgent();
    const asked = await world.ask(agentId);
    assert.deepEqual(types(asked.messages), ['assistant_message', 'approval_request_message']);
    assert.equal(asked.stop_reason.stop_reason, 'requires_approval');
    const request = asked.messages[1];
    assert.deepEqual(request?.tool_calls, [{ name: 'test_tool', arguments: '{"text":"hi"}', tool_call_id: 'call_1' }]);
    assert.equal(request.otid, request.id);
    assert.equal(world.executed.length, 0);
    const waiting = await world.letta.agents.retrieve(agentId);
    assert.equal(waiting.pending_approval?.id, request.id);
    assert.equal(waiting.last_stop_reason, 'requires_approval');

    const handle = stack.backend.temporal.client.workflow.getHandle(`agent/${agentId}/default`);
    await waitFor(async () => (await handle.describe()).status.name === 'COMPLETED');

    const done = await world.answer(agentId, approval('call_1', true));
    assert.deepEqual(types(done.messages), ['tool_return_message', 'assistant_message']);
    assert.equal(done.stop_reason.stop_reason, 'end_turn');
    assert.equal(world.executed.length, 1);
    assert.match(String(done.messages[1]?.content), /the tool ran/);
    assert.equal((await world.letta.agents.retrieve(agentId)).pending_approval, null);
    const history = await world.listed(agentId);
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
    const agentId = await world.askingAgent();
    const stream = await world.letta.agents.messages.create(agentId, {
      input: 'Go',
      streaming: true,
      stream_tokens: true,
      include_pings: false,
    });
    const events: (StreamedEvent & ShownMessage & { tool_call?: { arguments: string } })[] = [];
    for await (const event of stream) events.push(event as unknown as (typeof events)[number]);
    const request = (await world.letta.agents.retrieve(agentId)).pending_approval;
    const pieces = events.filter(event => event.message_type === 'approval_request_message');
    assert.ok(pieces.every(piece => piece.id === request?.id && piece.otid === request.id));
    assert.equal(pieces.map(piece => piece.tool_call?.arguments ?? '').join(''), '{"text":"hi"}');
    assert.deepEqual(types(events.slice(-2)), ['stop_reason', 'usage_statistics']);
    const back = await world.letta.agents.messages.create(agentId, {
      messages: [approval('call_1', true)] as never,
      streaming: true,
      include_pings: false,
    });
    const answers: StreamedEvent[] = [];
    for await (const event of back) answers.push(event as unknown as StreamedEvent);
    assert.deepEqual(types(answers), ['tool_return_message', 'assistant_message', 'stop_reason', 'usage_statistics']);
  });

  it('tells the model of a denial and its reason, and runs nothing', async () => {
    const agentId = await world.askingAgent();
    await world.ask(agentId);
    const done = await world.answer(agentId, approval('call_1', false, 'too dangerous'));
    assert.equal(done.messages[0]?.tool_returns?.[0]?.status, 'error');
    assert.match(String(done.messages[1]?.content), /request to call tool denied. User reason: too dangerous/);
    assert.equal(world.executed.length, 0);
  });

  it('takes the older form of an answer, and what is said along with it after the returns', async () => {
    const agentId = await world.askingAgent();
    const asked = await world.ask(agentId);
    const done = await world.answer(
      agentId,
      { type: 'approval', approve: true, approval_request_id: asked.messages[1]?.id },
      { role: 'user', content: 'And hurry up.' },
    );
    assert.equal(world.executed.length, 1);
    assert.equal(done.stop_reason.stop_reason, 'requires_approval', 'the follow-up was the last message, so the model calls again');
    const history = await world.listed(agentId);
    const returnAt = history.findIndex(message => message.message_type === 'tool_return_message');
    assert.equal(history[returnAt + 1]?.content, 'And hurry up.');
  });

  it('refuses a message while an approval is pending, an answer when none is, and one that does not fit, as V1 does', async () => {
    const agentId = await world.askingAgent();
    const early = await world.send(agentId, { messages: [approval('call_1', true)] });
    assert.equal(early.status, 400);
    assert.match(
      ((await early.json()) as { detail: string }).detail,
      /^Cannot process approval response: No tool call is currently awaiting approval\./,
    );
    const asked = await world.ask(agentId);
    const refused = await world.send(agentId, { input: 'Hello?' });
    assert.equal(refused.status, 409);
    const { detail } = (await refused.json()) as { detail: { code: string; message: string; pending_request_id: string } };
    assert.equal(detail.code, 'PENDING_APPROVAL');
    assert.match(detail.message, /Please approve or deny the pending request before continuing/);
    assert.equal(detail.pending_request_id, asked.messages[1]?.id);
    const wrong = await world.send(agentId, { messages: [approval('call_2', true)] });
    assert.equal(wrong.status, 400);
    assert.equal(
      ((await wrong.json()) as { detail: string }).detail,
      "Invalid tool call IDs. Expected '['call_1']', but received '['call_2']'.",
    );
    const stream = await world.send(agentId, { input: 'Hello?', streaming: true });
    assert.equal(stream.status, 200);
    const text = await stream.text();
    assert.match(text, /"stop_reason":"error"/);
    assert.match(text, /event: error\ndata: .*internal_error.*Please approve or deny the pending request/);
    assert.match(text, /\[DONE\]/);
    const before = await world.listed(agentId);
    assert.equal(before.filter(message => message.message_type === 'user_message').length, 1, 'what was refused has changed nothing');
    await world.answer(agentId, approval('call_1', true));
    assert.equal(world.executed.length, 1);
  });

  it('knows an answer that comes again: it attaches to the run it led to, and later gives the model another turn', async () => {
    const agentId = await world.askingAgent();
    await world.ask(agentId);
    const [first, second] = await Promise.all([
      world.answer(agentId, approval('call_1', true)),
      world.answer(agentId, approval('call_1', true)),
    ]);
    assert.deepEqual(first, second);
    assert.equal(world.executed.length, 1);
    stack.mock.script = () => ({ text: 'Still here.' });
    const again = await world.answer(agentId, approval('call_1', true));
    assert.equal(again.stop_reason.stop_reason, 'end_turn');
    assert.equal(again.messages.at(-1)?.content, 'Still here.');
    assert.equal(world.executed.length, 1);
  });

  it('asks for the tools of the older types too, without what speaks to the loop', async () => {
    stack.mock.script = request =>
      lastReturn(request) === null
        ? { toolCalls: [{ name: 'test_tool', args: { text: 'hi', thinking: 'I think', request_heartbeat: true }, id: 'old' }] }
        : { toolCalls: [{ name: 'send_message', args: { message: 'Told.', thinking: 't', request_heartbeat: false }, id: 'say' }] };
    const agentId = await world.askingAgent({ agent_type: 'memgpt_v2_agent' });
    const asked = await world.ask(agentId);
    const request = asked.messages.find(message => message.message_type === 'approval_request_message');
    assert.deepEqual(JSON.parse(request?.tool_calls?.[0]?.arguments ?? ''), { text: 'hi' });
    const done = await world.answer(agentId, approval('old', false, 'no'));
    assert.equal(done.messages.find(message => message.message_type === 'assistant_message')?.content, 'Told.');
    assert.equal(world.executed.length, 0);
  });
});

function lastReturn(request: MockRequest): string | null {
  const start = request.messages.findLastIndex(message => message.role === 'user' && textOf(message) === 'Please.');
  const tool = request.messages.slice(start).findLast(message => message.role === 'tool');
  return tool === undefined ? null : textOf(tool);
}
