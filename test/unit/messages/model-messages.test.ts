import assert from 'node:assert/strict';
import { plainMessage } from '../../../src/domain/messages/message.js';
import type { Message } from '../../../src/domain/messages/message.js';
import { toModelMessages } from '../../../src/domain/messages/model-messages.js';

const base = { ...plainMessage, agentId: 'a', conversationId: 'c', createdAt: '2026-01-01T00:00:00.000Z' };
const call = (id: string) => ({ id, name: 'tool', arguments: '{}' });
const spoke = (id: string, stepId: string, ...calls: string[]): Message => ({
  ...base,
  id,
  stepId,
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: id }],
  toolCalls: calls.map(call),
});
const asked = (id: string, stepId: string, ...calls: string[]): Message => ({
  ...base,
  id,
  stepId,
  role: 'approval_request',
  model: 'm',
  content: [],
  toolCalls: calls.map(call),
});
const answered = (id: string): Message => ({ ...base, id, role: 'approval_response', approvals: [] });
const returned = (id: string, ...calls: string[]): Message => ({
  ...base,
  id,
  role: 'tool',
  toolReturns: calls.map(toolCallId => ({ toolCallId, toolName: 'tool', status: 'success', content: 'ok', stdout: null, stderr: null })),
});
const shape = (messages: readonly Message[]) =>
  toModelMessages(messages).map(message => [
    message.role,
    message.role === 'assistant'
      ? message.toolCalls.map(entry => entry.id)
      : message.role === 'tool'
        ? message.toolReturns.map(entry => `${entry.toolCallId} ${entry.status}`)
        : [],
  ]);

describe('toModelMessages', () => {
  it('joins the halves of a response and leaves the answers out', () => {
    assert.deepEqual(shape([spoke('1', 's', 'a'), asked('2', 's', 'b'), answered('3'), returned('4', 'b', 'a')]), [
      ['assistant', ['a', 'b']],
      ['tool', ['b success', 'a success']],
    ]);
  });

  it('shows a request without another half as a response, and joins no other step to it', () => {
    assert.deepEqual(shape([spoke('1', 's'), asked('2', 't', 'b'), returned('3', 'b')]), [
      ['assistant', []],
      ['assistant', ['b']],
      ['tool', ['b success']],
    ]);
  });

  it('closes a call that has no return, whether others have one or not', () => {
    assert.deepEqual(shape([spoke('1', 's', 'a', 'b'), returned('2', 'a'), spoke('3', 't', 'c')]), [
      ['assistant', ['a', 'b']],
      ['tool', ['b error']],
      ['tool', ['a success']],
      ['assistant', ['c']],
      ['tool', ['c error']],
    ]);
  });

  it('counts the returns of calls that share an id', () => {
    assert.deepEqual(shape([spoke('1', 's', 'a', 'a'), returned('2', 'a')]).slice(1), [
      ['tool', ['a error']],
      ['tool', ['a success']],
    ]);
  });
});
