import { denialReasons } from '../approvals/approval-request.js';
import type { AskedCall, RunAnswer } from '../approvals/approval-request.js';
import type { CallAnswer, ToolCall, ToolReturn } from '../messages/content.js';
import type { ApprovalResponseMessage, Message, ToolMessage, UserMessage } from '../messages/message.js';
import { plainMessage } from '../messages/message.js';
import { packHeartbeat } from '../messages/packed-message.js';
import type { PackTime } from '../messages/packed-message.js';
import { packToolReturn } from '../tools/pack-tool-return.js';
import type { ToolResult } from '../tools/tool-result.js';
import { cutOffReturn } from './step-messages.js';

export interface AnswerMessagesInput {
  /** All calls of the response, those that needed no answer included. */
  readonly calls: readonly ToolCall[];
  readonly asked: readonly AskedCall[];
  readonly answer: RunAnswer;
  /** The stored results of the calls that were run, by position. */
  readonly returns: ReadonlyMap<number, ToolReturn>;
  /** What has not begun does not run any more. */
  readonly gaveUp: boolean;
  readonly heartbeatReason: string | null;
  readonly time: PackTime;
  readonly ids: { readonly response: string; readonly returns: string; readonly heartbeat: string };
  readonly base: Pick<Message, 'agentId' | 'conversationId' | 'runId' | 'stepId'>;
}

/** What closes an approval request in the context: the answers, and one return for each call of the response. */
export function answerMessages(input: AnswerMessagesInput): Message[] {
  const response: ApprovalResponseMessage = {
    ...common(input, input.ids.response),
    role: 'approval_response',
    approvals: input.answer.answers,
    otid: input.answer.otid,
  };
  const returns: ToolMessage = { ...common(input, input.ids.returns), role: 'tool', toolReturns: orderedReturns(input) };
  if (input.heartbeatReason === null) return [response, returns];
  const text = packHeartbeat(input.heartbeatReason, input.time);
  const heartbeat: UserMessage = { ...common(input, input.ids.heartbeat), role: 'user', content: [{ type: 'text', text }] };
  return [response, returns, heartbeat];
}

/** V1's order: what the client has run, what it denied, what was run here. */
function orderedReturns(input: AnswerMessagesInput): ToolReturn[] {
  const fromClient: ToolReturn[] = [];
  const denied: ToolReturn[] = [];
  const executed: ToolReturn[] = [];
  for (const [index, call] of input.calls.entries()) {
    const answer = answerOf(input, index);
    const result = input.returns.get(index);
    if (answer?.type === 'tool') fromClient.push(clientReturn(call, answer, input.time));
    else if (answer?.approve === false) denied.push(denial(call, answer.reason, input.time));
    else if (result !== undefined) executed.push(result);
    else if (input.gaveUp) denied.push(denial(call, denialReasons.cancel, input.time));
    else executed.push(cutOffReturn(call, { now: input.time.at, timezone: input.time.timezone }));
  }
  return [...fromClient, ...denied, ...executed];
}

/** The client's answer to the call at a position; undefined when the call needed none. */
function answerOf({ asked, answer }: Pick<AnswerMessagesInput, 'asked' | 'answer'>, index: number): CallAnswer | undefined {
  const question = asked.find(call => call.index === index);
  return question === undefined ? undefined : answer.answers.find(candidate => candidate.toolCallId === question.toolCallId);
}

const longestReturn = 50_000;

function clientReturn(call: ToolCall, answer: Extract<CallAnswer, { type: 'tool' }>, time: PackTime): ToolReturn {
  const packed = pack(call, { status: answer.status, value: answer.toolReturn }, time);
  const images = answer.images === undefined ? {} : { images: answer.images };
  return { ...packed, ...images, stdout: answer.stdout, stderr: answer.stderr };
}

function denial(call: ToolCall, reason: string | null, time: PackTime): ToolReturn {
  return pack(call, { status: 'error', value: `Error: request to call tool denied. User reason: ${reason ?? ''}` }, time);
}

function pack(call: ToolCall, result: ToolResult, time: PackTime): ToolReturn {
  return {
    toolCallId: call.id,
    toolName: call.name,
    status: result.status,
    content: packToolReturn({ toolName: call.name, result, returnCharLimit: longestReturn, time }),
    stdout: null,
    stderr: null,
  };
}

function common({ base, time }: AnswerMessagesInput, id: string) {
  return { ...plainMessage, ...base, id, createdAt: time.at.toISOString() };
}
