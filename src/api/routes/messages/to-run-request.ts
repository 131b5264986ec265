import { createHash, randomUUID } from 'node:crypto';
import { toRunBudget } from '../../../contract/budgets.contract.js';
import type { AnswerCreateBody, ImageContent, MessageCreateBody, SendFields } from '../../../contract/messages.contract.js';
import { notServed, RequestError } from '../../../domain/errors.js';
import type { StepIsolation } from '../../../domain/agent-loop/loop-types.js';
import type { ToolSchema } from '../../../domain/model/language-model.js';
import type { UserPart } from '../../../domain/messages/content.js';
import type { BusyPolicy, InputMessage, RunRepeat, RunRequest } from '../../../domain/runs/run-request.js';
import { longestKey } from '../../../contract/fields.js';
import { acceptImage, checkImageCount, isToFetch } from './accept-image.js';
import type { ImageIntake } from './accept-image.js';
import { imagesOfAnswer, toRunAnswer } from './to-run-answer.js';

export interface RunDefaults {
  readonly isolation: StepIsolation;
  readonly maxSteps: number;
}

export interface SendKind {
  readonly runType: 'send_message' | 'send_message_streaming' | 'send_message_async' | 'send_conversation_message';
  readonly background: boolean;
  readonly callbackUrl: string | null;
  /** Of a request that asks for a stream: pieces as they come, or whole messages. */
  readonly streamTokens?: boolean;
  /** Of a message that MCP has brought: the name of its request, by which it can be cancelled. */
  readonly mcpRequest?: string;
}

/** Where a message goes, and what the operation by which it came means for its run. */
export interface SendTarget {
  readonly agentId: string;
  /** Null = the agent's default conversation. */
  readonly conversationId: string | null;
  /** Replaces the run type of the kind of sending; null leaves it. */
  readonly runType: SendKind['runType'] | null;
  /** What a busy conversation does when neither the request nor the agent says; null lets the message wait. */
  readonly onBusy: BusyPolicy | null;
}

/** A message to an agent: to its default conversation, under the agent's busy policy. */
export function agentTarget(agentId: string): SendTarget {
  return { agentId, conversationId: null, runType: null, onBusy: null };
}

/** What came with a request beside its body. */
export interface RequestFacts {
  readonly path: string;
  /** A header by its name in lower case. */
  get(name: string): string | undefined;
}

/** What a request is turned into a run with. */
export interface RunRequestDeps {
  readonly runDefaults: RunDefaults;
  readonly images: ImageIntake;
}

/** Who sends, and what came with the request beside its body. */
export interface SendContext {
  readonly organizationId: string;
  readonly request: RequestFacts;
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal;
}

/** A request to send as the run that it asks for, its images fetched. Throws for what is not served and for what V1 refuses. */
export async function toRunRequest(
  { runDefaults: defaults, images }: RunRequestDeps,
  sender: SendTarget,
  body: SendFields,
  kind: SendKind,
  { organizationId, request, signal }: SendContext,
): Promise<RunRequest> {
  refuseUnserved(body);
  const { answer, messages } = toMessages(body);
  return {
    runId: `run-${randomUUID()}`,
    command: null,
    organizationId,
    agentId: sender.agentId,
    conversationId: sender.conversationId,
    input: await toInputs(messages, images, signal),
    answer: answer === null ? null : await toRunAnswer(answer, images, signal),
    options: {
      maxSteps: body.max_steps ?? defaults.maxSteps,
      overrideModel: body.override_model ?? null,
      overrideSystem: body.override_system ?? null,
      budget: body.budget == null ? null : toRunBudget(body.budget),
      requestLogId: request.get('x-api-request-log-id') ?? null,
      traceId: traceIdOf(request.get('traceparent')),
      clientTools: (body.client_tools ?? []).map(toClientTool),
      clientSkills: body.client_skills ?? [],
    },
    requestConfig: {
      useAssistantMessage: body.use_assistant_message,
      assistantMessageToolName: body.assistant_message_tool_name,
      assistantMessageToolKwarg: body.assistant_message_tool_kwarg,
      includeReturnMessageTypes: body.include_return_message_types ?? null,
      includeCompactionMessages: body.include_compaction_messages,
      streamTokens: kind.streamTokens ?? null,
    },
    isolation: defaults.isolation,
    background: kind.background,
    metadata: { run_type: sender.runType ?? kind.runType, ...(kind.mcpRequest === undefined ? {} : { mcp_request: kind.mcpRequest }) },
    callbackUrl: kind.callbackUrl,
    onBusy: body.on_busy ?? null,
    routeOnBusy: sender.onBusy ?? 'enqueue',
    onPending: body.on_pending_approval ?? null,
    refusesAsRun: kind.runType === 'send_message_streaming',
    clientOtid: otidOf(answer, messages),
    ...repeatKeys(request, body),
  };
}

/** By what a request is recognised that may have been sent before and whose images are somewhere else; null for all others. */
export function repeatToFetch(target: SendTarget, body: SendFields, { organizationId, request }: SendContext): RunRepeat | null {
  const { answer, messages } = toMessages(body);
  if (![...messages.flatMap(imagesOf), ...(answer === null ? [] : imagesOfAnswer(answer))].some(isToFetch)) return null;
  const { agentId, conversationId } = target;
  const repeat = { organizationId, agentId, conversationId, clientOtid: otidOf(answer, messages), ...repeatKeys(request, body) };
  return repeat.clientOtid === null && repeat.idempotencyKey === null && !repeat.isRetry ? null : repeat;
}

/** Of the first message, when the client chose it. */
function otidOf(answer: SentMessages['answer'], messages: SentMessages['messages']): string | null {
  return (answer ?? messages[0])?.otid ?? null;
}

/** By what a request that is sent again is recognised. */
export function repeatKeys(request: RequestFacts, body: unknown): Pick<RunRequest, 'idempotencyKey' | 'requestHash' | 'isRetry'> {
  const idempotencyKey = request.get('idempotency-key') ?? null;
  if (idempotencyKey !== null && idempotencyKey.length > longestKey) {
    throw new RequestError('unprocessable', `An idempotency key has at most ${longestKey} characters`);
  }
  const retryCount = Number(request.get('x-stainless-retry-count') ?? 0);
  return {
    idempotencyKey,
    requestHash: hashOf(request, body),
    isRetry: Number.isFinite(retryCount) && retryCount > 0,
  };
}

/** The trace that the client has opened, by W3C's header: `00-<trace>-<span>-<flags>`. */
function traceIdOf(traceparent: string | undefined): string | null {
  return /^[0-9a-f]{2}-([0-9a-f]{32})-/.exec(traceparent ?? '')?.[1] ?? null;
}

/** Of the body and of who sends it: the same request again has the same. */
function hashOf(request: RequestFacts, body: unknown): string {
  return createHash('sha256')
    .update(`${request.path.replace(/\/$/, '')}\n${request.get('authorization') ?? ''}\n${JSON.stringify(body)}`)
    .digest('hex');
}

interface SentMessages {
  /** The answers to an approval request, which can only come first. */
  readonly answer: AnswerCreateBody | null;
  readonly messages: readonly MessageCreateBody[];
}

function toMessages(body: SendFields): SentMessages {
  if ((body.messages == null) === (body.input == null)) {
    throw new RequestError('unprocessable', "Exactly one of 'messages' and 'input' must be provided");
  }
  if (body.input != null) return { answer: null, messages: [notEmpty({ role: 'user', content: body.input })] };
  const [first, ...rest] = body.messages ?? [];
  if (first === undefined) throw new RequestError('unprocessable', 'Messages must not be empty');
  const answer = isPlain(first) ? null : first;
  const messages = (isPlain(first) ? [first, ...rest] : rest).map(message => {
    if (isPlain(message)) return notEmpty(message);
    throw new RequestError('unprocessable', 'Answers to an approval request have to be the first of the messages');
  });
  return { answer, messages };
}

/** What says nothing is refused, as in V1: a provider would refuse it later. */
function notEmpty(message: MessageCreateBody): MessageCreateBody {
  const { content } = message;
  const isEmpty = typeof content === 'string' ? content === '' : content.every(part => part.type === 'text' && part.text === '');
  if (isEmpty) throw new RequestError('invalid', 'The content of a message must not be empty');
  return message;
}

function isPlain(message: NonNullable<SendFields['messages']>[number]): message is MessageCreateBody {
  return 'role' in message;
}

function toClientTool({ name, description, parameters }: NonNullable<SendFields['client_tools']>[number]): ToolSchema {
  return { name, description: description ?? '', parameters: parameters ?? { type: 'object', properties: {} } };
}

async function toInputs(messages: readonly MessageCreateBody[], images: ImageIntake, clientGone: AbortSignal): Promise<InputMessage[]> {
  checkImageCount(messages.flatMap(imagesOf), images);
  const over = new AbortController();
  const signal = AbortSignal.any([clientGone, over.signal]);
  const toPart = async (part: ContentPart): Promise<UserPart> =>
    part.type === 'text' ? toText(part.text) : acceptImage(part, images, signal);
  const contentOf = ({ content }: MessageCreateBody): Promise<UserPart[]> | UserPart[] =>
    typeof content === 'string' ? [toText(content)] : Promise.all(content.map(toPart));
  try {
    return await Promise.all(messages.map(async message => toInput(message, await contentOf(message))));
  } finally {
    // One that is refused spares the others.
    over.abort();
  }
}

type ContentPart = Exclude<MessageCreateBody['content'], string>[number];

function imagesOf({ content }: MessageCreateBody): ImageContent[] {
  return typeof content === 'string' ? [] : content.filter(part => part.type === 'image');
}

function toText(text: string): UserPart {
  return { type: 'text', text };
}

function toInput(message: MessageCreateBody, content: readonly UserPart[]): InputMessage {
  return {
    id: `message-${randomUUID()}`,
    role: message.role,
    content,
    otid: message.otid ?? randomUUID(),
    name: message.name ?? null,
    senderId: message.sender_id ?? null,
    groupId: message.group_id ?? null,
  };
}

const unserved = ['return_logprobs', 'return_token_ids'] as const;

function refuseUnserved(body: SendFields): void {
  for (const name of unserved) {
    const value = body[name];
    const isUsed = Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null && value !== false;
    if (isUsed) throw notServed(`The field '${name}'`);
  }
}
