import type { AssistantPart, ToolCall, ToolReturn } from '../messages/content.js';
import { approvalRequestId } from '../messages/approval-request-id.js';
import type { ApprovalRequestMessage, AssistantMessage, Message, ToolMessage, UserMessage } from '../messages/message.js';
import { packHeartbeat } from '../messages/packed-message.js';
import type { ModelResponse } from '../model/language-model.js';
import { packToolReturn } from '../tools/pack-tool-return.js';
import { parseArguments } from '../tools/parse-arguments.js';
import type { StepDecision } from './loop-types.js';

export interface StepMessagesInput {
  readonly response: ModelResponse;
  /** The stored results of the step's calls, by position. A call without one did not run to its end. */
  readonly returns: ReadonlyMap<number, ToolReturn>;
  readonly decision: StepDecision;
  readonly heartbeats: boolean;
  readonly model: string;
  readonly timezone: string | null;
  readonly now: Date;
  readonly ids: { readonly assistant: string; readonly tool: string; readonly heartbeat: string };
  readonly base: Pick<Message, 'agentId' | 'conversationId' | 'runId' | 'stepId'>;
}

/** What a step adds to its conversation: never a call without its return. */
export function stepMessages(input: StepMessagesInput): Message[] {
  const calls = keptCalls(input);
  if (input.decision.awaits !== undefined) return askingMessages(input, calls, input.decision.awaits);
  const messages: Message[] = [];
  const assistant = assistantMessage(input, calls);
  if (assistant !== null) messages.push(assistant);
  if (calls.length > 0) messages.push(toolMessage(input, calls));
  if (input.decision.heartbeatReason !== null) messages.push(heartbeatMessage(input, input.decision.heartbeatReason));
  return messages;
}

/** The calls that wait for the client, behind those of the same response that wait with them; nothing has run yet. */
function askingMessages(input: StepMessagesInput, calls: readonly ToolCall[], awaits: readonly number[]): Message[] {
  const others = calls.filter((_, index) => !awaits.includes(index));
  const asked = calls
    .filter((_, index) => awaits.includes(index))
    .map(call => (input.heartbeats ? splitCall(call) : { call, thoughts: [] }));
  const response = assistantMessage(input, others);
  const request: ApprovalRequestMessage = {
    ...common(input, approvalRequestId(input.ids.assistant)),
    role: 'approval_request',
    model: input.model,
    content: [...(others.length === 0 ? (response?.content ?? []) : []), ...asked.flatMap(({ thoughts }) => thoughts)],
    toolCalls: asked.map(({ call }) => call),
  };
  return others.length === 0 || response === null ? [request] : [response, request];
}

/** A call as it is put before the client: what in its arguments speaks to the loop does not concern it. */
function splitCall(call: ToolCall): { call: ToolCall; thoughts: AssistantPart[] } {
  const parsed = parseArguments(call.arguments);
  if (parsed.isMalformed) return { call, thoughts: [] };
  const thoughts: AssistantPart[] = parsed.thinking === null ? [] : [{ type: 'text', text: parsed.thinking }];
  return { call: { ...call, arguments: JSON.stringify(parsed.arguments) }, thoughts };
}

/** A response that was cut off by a cancel ran none. */
function keptCalls({ response, returns }: StepMessagesInput): readonly ToolCall[] {
  return response.finishReason === 'cancelled' && returns.size === 0 ? [] : response.toolCalls;
}

function assistantMessage(input: StepMessagesInput, calls: readonly ToolCall[]): AssistantMessage | null {
  const shown = input.heartbeats
    ? calls.map(call => withoutThoughts(call, input.decision.continues))
    : calls.map(call => ({ call, thoughts: null }));
  const thoughts: AssistantPart[] = shown.flatMap(({ thoughts: text }) => (text === null ? [] : [{ type: 'text', text }]));
  const content = [...input.response.content.filter(part => part.type !== 'text' || part.text !== ''), ...thoughts];
  if (content.length === 0 && calls.length === 0) return null;
  return {
    ...common(input, input.ids.assistant),
    role: 'assistant',
    model: input.model,
    content,
    toolCalls: shown.map(({ call }) => call),
  };
}

/** The arguments as they are kept: the thoughts become text, and the heartbeat says what was decided. */
function withoutThoughts(call: ToolCall, continues: boolean): { call: ToolCall; thoughts: string | null } {
  const parsed = parseArguments(call.arguments);
  if (parsed.isMalformed) return { call, thoughts: null };
  return { call: { ...call, arguments: JSON.stringify({ ...parsed.arguments, request_heartbeat: continues }) }, thoughts: parsed.thinking };
}

function toolMessage(input: StepMessagesInput, calls: readonly ToolCall[]): ToolMessage {
  const toolReturns = calls.map((call, index) => input.returns.get(index) ?? cutOffReturn(call, input));
  return { ...common(input, input.ids.tool), role: 'tool', toolReturns };
}

/** Closes a call of which nothing is known but that it did not end. */
export function cutOffReturn(call: ToolCall, clock: Pick<StepMessagesInput, 'now' | 'timezone'>): ToolReturn {
  const value = cutOffText(call.name);
  return {
    toolCallId: call.id,
    toolName: call.name,
    status: 'error',
    content: packToolReturn({
      toolName: call.name,
      result: { status: 'error', value },
      returnCharLimit: value.length,
      time: { at: clock.now, timezone: clock.timezone },
    }),
    stdout: null,
    stderr: null,
  };
}

export function cutOffText(toolName: string): string {
  return `The call of ${toolName} was cut off before it ended. It may have had an effect or not: check before you repeat it.`;
}

function heartbeatMessage(input: StepMessagesInput, reason: string): UserMessage {
  const text = packHeartbeat(reason, { at: input.now, timezone: input.timezone });
  return { ...common(input, input.ids.heartbeat), role: 'user', content: [{ type: 'text', text }] };
}

function common(input: Pick<StepMessagesInput, 'base' | 'now'>, id: string): Omit<UserMessage, 'role' | 'content'> {
  return { ...input.base, id, createdAt: input.now.toISOString(), otid: null, name: null, senderId: null, groupId: null, isErr: false };
}
