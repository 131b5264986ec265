import { plainMessage } from '../../src/domain/messages/message.js';
import type { Message } from '../../src/domain/messages/message.js';
import { randomOf } from './random.js';

/** Messages as a context holds them, with only the telling fields in sight. */
function base(id: string) {
  return { ...plainMessage, id, agentId: 'a', conversationId: 'c', createdAt: '2025-01-01T00:00:00.000Z' };
}

export function said(id: string, role: 'system' | 'user' | 'summary', text = id): Message {
  return { ...base(id), role, content: [{ type: 'text', text }] };
}

export function called(id: string, calls = 1, text = ''): Message {
  const toolCalls = Array.from({ length: calls }, (_, index) => ({ id: `call-${id}-${index}`, name: 'look', arguments: '{}' }));
  return { ...base(id), role: 'assistant', model: 'm', content: text === '' ? [] : [{ type: 'text', text }], toolCalls };
}

export function answered(id: string, text: string): Message {
  return called(id, 0, text);
}

/** The returns of the calls of the message `of`. */
export function returned(id: string, of: string, calls = 1, content = 'seen'): Message {
  const toolReturns = Array.from({ length: calls }, (_, index) => ({
    toolCallId: `call-${of}-${index}`,
    toolName: 'look',
    status: 'success' as const,
    content,
    stdout: [],
    stderr: [],
  }));
  return { ...base(id), role: 'tool', toolReturns };
}

export function asked(id: string, step: string): Message {
  return {
    ...base(id),
    stepId: step,
    role: 'approval_request',
    model: 'm',
    content: [],
    toolCalls: [{ id: `call-${id}`, name: 'pay', arguments: '{}' }],
  };
}

const wordsOf = (random: () => number, most: number): string => {
  const size = Math.floor(random() * most);
  return random() < 0.1 ? '漢字🙂'.repeat(Math.ceil(size / 8)) : 'word '.repeat(Math.ceil(size / 5));
};

/** A conversation as it may be: turns of one or several steps, a summary in front or not, an unanswered request for approval at the end or not. */
export function randomContext(seed: number, longest = 400): Message[] {
  const random = randomOf(seed);
  const context: Message[] = [said('system', 'system', wordsOf(random, 400))];
  if (random() < 0.4) context.push(said('summary', 'summary', wordsOf(random, 600)));
  const turns = 1 + Math.floor(random() * 40);
  for (let turn = 0; turn < turns; turn += 1) {
    context.push(said(`u${turn}`, 'user', wordsOf(random, longest)));
    const steps = Math.floor(random() * 4);
    for (let step = 0; step < steps; step += 1) {
      const calls = 1 + Math.floor(random() * 3);
      context.push(called(`c${turn}.${step}`, calls, wordsOf(random, 80)));
      context.push(returned(`r${turn}.${step}`, `c${turn}.${step}`, calls, wordsOf(random, longest)));
    }
    if (turn < turns - 1 || random() < 0.5) context.push(answered(`a${turn}`, wordsOf(random, longest)));
  }
  if (random() < 0.2) {
    if (random() < 0.5) context.push({ ...called('half', 1), stepId: 'asking' });
    context.push(asked('request', 'asking'));
  }
  return context;
}
