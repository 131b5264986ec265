import assert from 'node:assert/strict';
import type { SeenRequest } from './mock-openai.js';
import { textOf } from './mock-reply.js';

/** Fails for a request whose history a provider of its form would refuse. */
export function assertValidHistory({ request, form, body }: SeenRequest): void {
  let open: string[] = [];
  const known = new Set<string>();
  for (const message of request.messages) {
    if (message.role === 'tool') {
      assert.equal(open.shift(), message.tool_call_id, 'each call is answered right behind it, in order');
      continue;
    }
    assert.deepEqual(open, [], 'no call is left without an answer');
    open = (message.tool_calls ?? []).map(call => call.id);
    for (const call of message.tool_calls ?? []) {
      assert.ok(!known.has(call.id), 'ids of calls do not repeat');
      known.add(call.id);
      const args: unknown = JSON.parse(call.function.arguments);
      assert.ok(typeof args === 'object' && args !== null && !Array.isArray(args), 'arguments are an object');
    }
    assert.ok(textOf(message) !== '' || open.length > 0, 'no message is empty');
  }
  assert.deepEqual(open, []);
  if (form !== 'anthropic') return;
  const roles = (body['messages'] as readonly { role: string }[]).map(turn => turn.role);
  roles.forEach((role, index) => assert.equal(role, index % 2 === 0 ? 'user' : 'assistant', 'turns alternate'));
  assert.equal(roles.at(-1), 'user');
}

/** What the user has said, as the provider was told of it. */
export function userTexts({ request }: SeenRequest): string[] {
  return request.messages.filter(message => message.role === 'user').map(textOf);
}
