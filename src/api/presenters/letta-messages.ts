import { assertNever } from '../../domain/assert-never.js';
import type { CallAnswer, ImagePart, ToolCall, UserPart } from '../../domain/messages/content.js';
import type {
  ApprovalRequestMessage,
  ApprovalResponseMessage,
  AssistantMessage,
  Message,
  SummaryMessage,
  SystemMessage,
  ToolMessage,
  UserMessage,
} from '../../domain/messages/message.js';
import { messageSegments } from '../../domain/messages/message-segments.js';
import type { MessageSegment } from '../../domain/messages/message-segments.js';
import { maxOtidIndex, otidOf } from '../../domain/messages/otid.js';
import { unpackUserText } from '../../domain/messages/packed-message.js';
import { unpackSummary } from '../../domain/messages/packed-summary.js';
import { feedMember, readMember } from '../../domain/messages/partial-json-string.js';
import { unpackToolReturn } from '../../domain/tools/pack-tool-return.js';
import type {
  LettaCallAnswer,
  LettaCompactionStats,
  LettaMessage,
  LettaMessageFields,
  LettaToolCall,
  LettaToolReturn,
  LettaUserContent,
  MessagePresentation,
} from './letta-message-types.js';
import { commonFields, wireDate } from './wire-fields.js';

/** The wire messages of a stored one, in order. Their `seq_id` is null: only a run's stream has numbers. */
export function presentMessage(message: Message, options: MessagePresentation): LettaMessage[] {
  switch (message.role) {
    case 'system':
      return [presentSystem(message)];
    case 'user':
      return [{ ...own(message), message_type: 'user_message', content: userContent(message.content) }];
    case 'assistant':
      return presentAssistant(message, options);
    case 'tool':
      return presentToolReturns(message, options);
    case 'summary':
      return [presentSummary(message, options)];
    case 'approval_request':
      return presentApprovalRequest(message, options);
    case 'approval_response':
      return [presentApprovalResponse(message)];
    default:
      return assertNever(message);
  }
}

/** The request itself has the row's id for an otid. */
function presentApprovalRequest(message: ApprovalRequestMessage, options: MessagePresentation): LettaMessage[] {
  const segments = messageSegments(message.content);
  const shown = segments.map((segment, index) => presentSegment(message, index, segment, options));
  const calls = message.toolCalls.map(presentCall);
  const [first] = calls;
  if (first === undefined) return shown;
  const request = { ...commonOf(message), otid: otidOf(message.id, -1) };
  return [...shown, { ...request, message_type: 'approval_request_message', tool_call: first, tool_calls: calls }];
}

function presentApprovalResponse(message: ApprovalResponseMessage): LettaMessage {
  const approvals = message.approvals.map(presentAnswer);
  const [first] = message.approvals;
  return {
    ...own(message),
    message_type: 'approval_response_message',
    approvals,
    approve: first?.type === 'approval' ? first.approve : null,
    approval_request_id: first?.toolCallId ?? null,
    reason: first?.type === 'approval' ? first.reason : null,
  };
}

export function presentAnswer(answer: CallAnswer): LettaCallAnswer {
  if (answer.type === 'approval') {
    return { type: 'approval', tool_call_id: answer.toolCallId, approve: answer.approve, reason: answer.reason };
  }
  const { toolCallId, toolReturn, images, status, stdout, stderr } = answer;
  return { type: 'tool', tool_call_id: toolCallId, tool_return: withImages(toolReturn, images), status, stdout, stderr };
}

function presentCall(call: ToolCall): LettaToolCall {
  return { name: call.name, arguments: call.arguments, tool_call_id: call.id };
}

function presentSystem(message: SystemMessage): LettaMessage {
  return { ...own(message), message_type: 'system_message', content: textOf(message.content) };
}

function presentSummary(message: SummaryMessage, options: MessagePresentation): LettaMessage {
  if (options.includeCompactionMessages !== true) {
    return { ...own(message), message_type: 'user_message', content: textOf(message.content) };
  }
  const { summary, stats } = unpackSummary(textOf(message.content));
  const compactionStats: LettaCompactionStats | null =
    stats === null
      ? null
      : {
          trigger: stats.trigger,
          context_tokens_before: stats.contextTokensBefore,
          context_tokens_after: stats.contextTokensAfter,
          context_window: stats.contextWindow,
          messages_count_before: stats.messagesCountBefore,
          messages_count_after: stats.messagesCountAfter,
        };
  return { ...derived(message, 0), message_type: 'summary_message', summary, compaction_stats: compactionStats };
}

function presentAssistant(message: AssistantMessage, options: MessagePresentation): LettaMessage[] {
  const segments = messageSegments(message.content);
  const shown = segments.map((segment, index) => presentSegment(message, index, segment, options));
  return [...shown, ...presentToolCalls(message, segments.length, options)];
}

function presentSegment(
  message: AssistantMessage | ApprovalRequestMessage,
  index: number,
  segment: MessageSegment,
  options: MessagePresentation,
): LettaMessage {
  const common = derived(message, index);
  switch (segment.kind) {
    case 'text':
      return options.textIsAssistantMessage
        ? { ...common, message_type: 'assistant_message', content: segment.text }
        : { ...common, message_type: 'reasoning_message', source: 'non_reasoner_model', reasoning: segment.text, signature: null };
    case 'reasoning':
      return {
        ...common,
        message_type: 'reasoning_message',
        source: segment.isNative ? 'reasoner_model' : 'non_reasoner_model',
        reasoning: segment.text,
        signature: segment.signature,
      };
    case 'hidden_reasoning':
      return { ...common, message_type: 'hidden_reasoning_message', state: segment.state, hidden_reasoning: segment.data };
    default:
      return assertNever(segment);
  }
}

/** Neighbouring calls share a message; each call that speaks is a message of its own. */
function presentToolCalls(message: AssistantMessage, firstIndex: number, options: MessagePresentation): LettaMessage[] {
  const shown: LettaMessage[] = [];
  let batch: LettaToolCall[] = [];
  let index = firstIndex;
  const flush = (): void => {
    const [first] = batch;
    if (first === undefined) return;
    shown.push({ ...derived(message, index++), message_type: 'tool_call_message', tool_call: first, tool_calls: batch });
    batch = [];
  };
  for (const call of message.toolCalls) {
    if (!options.useAssistantMessage || call.name !== options.assistantMessageToolName) {
      batch.push(presentCall(call));
      continue;
    }
    flush();
    const spoken = spokenText(call, options.assistantMessageToolKwarg);
    const common = derived(message, index++);
    if (spoken !== null) shown.push({ ...common, message_type: 'assistant_message', content: spoken });
  }
  flush();
  return shown;
}

/** Read as the stream reads it, so that the pieces of a stream make up the same text. Null when the call says nothing. */
function spokenText(call: ToolCall, kwarg: string): string | null {
  const { reader, text } = feedMember(readMember(kwarg), call.arguments);
  return reader.wasFound ? text : null;
}

function presentToolReturns(message: ToolMessage, options: MessagePresentation): LettaMessage[] {
  const returns = message.toolReturns.filter(entry => !options.useAssistantMessage || entry.toolName !== options.assistantMessageToolName);
  const toolReturns = returns.map((entry): LettaToolReturn => {
    const unpacked = unpackToolReturn(entry.content, entry.status);
    return {
      type: 'tool',
      tool_return: withImages(unpacked.message, entry.images),
      status: unpacked.status,
      tool_call_id: entry.toolCallId,
      stdout: entry.stdout,
      stderr: entry.stderr,
    };
  });
  const [first] = toolReturns;
  if (first === undefined) return [];
  const { type: _type, ...legacy } = first;
  const name = message.name ?? (returns.length === 1 ? (returns[0]?.toolName ?? null) : null);
  return [{ ...derived(message, 0), name, message_type: 'tool_return_message', ...legacy, tool_returns: toolReturns }];
}

function withImages(text: string, images: readonly ImagePart[] | undefined): string | readonly LettaUserContent[] {
  if (images === undefined || images.length === 0) return text;
  return [...(text === '' ? [] : [{ type: 'text' as const, text }]), ...images].map(presentUserPart);
}

function userContent(content: readonly UserPart[]): string | readonly LettaUserContent[] {
  const [first, second] = content;
  if (first === undefined) return '';
  if (second === undefined && first.type === 'text') return unpackUserText(first.text);
  return content.map(presentUserPart);
}

function presentUserPart(part: UserPart): LettaUserContent {
  if (part.type === 'text') return { type: 'text', text: part.text, signature: part.signature ?? null };
  const { source } = part;
  return { type: 'image', source: { type: 'base64', media_type: source.mediaType, data: source.data, detail: source.detail ?? null } };
}

function textOf(content: readonly UserPart[]): string {
  return content.flatMap(part => (part.type === 'text' ? [part.text] : [])).join('\n');
}

/** With the otid that the row carries, which its sender may have chosen. */
function own(message: SystemMessage | UserMessage | SummaryMessage | ApprovalResponseMessage): LettaMessageFields {
  return { ...commonOf(message), otid: message.otid };
}

function derived(message: Message, index: number): LettaMessageFields {
  return { ...commonOf(message), otid: otidOf(message.id, Math.min(index, maxOtidIndex)) };
}

function commonOf(message: Message): LettaMessageFields {
  return {
    ...commonFields(message.id, wireDate(message.createdAt)),
    name: message.name,
    sender_id: message.senderId,
    step_id: message.stepId,
    is_err: message.isErr ? true : null,
    run_id: message.runId,
  };
}
