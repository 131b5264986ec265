import { createChatCompletion } from '../../../contract/chat.contract.js';
import type { ChatBody, ChatUserMessage } from '../../../contract/chat.contract.js';
import { asyncBody } from '../../../contract/messages.contract.js';
import type { SendFields } from '../../../contract/messages.contract.js';
import { notServed, RequestError } from '../../../domain/errors.js';
import { isId } from '../../../domain/ids.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentChatCompletion, presentChatError } from '../../presenters/chat-completion.js';
import type { ChatAnswer } from '../../presenters/chat-completion.js';
import { createChatStreamPresenter } from '../../presenters/chat-stream.js';
import { presentMessage } from '../../presenters/letta-messages.js';
import { openEventStream } from '../../streams/sse.js';
import { presentationOf } from '../messages/presentation-of.js';
import { submitMessage } from '../messages/send-message.js';
import type { Accepted, SendMessageDeps } from '../messages/send-message.js';
import { agentTarget } from '../messages/to-run-request.js';

/** OpenAI's chat completions over agents: a message to an agent's default conversation, in another form. */
export function chatRoutes(deps: SendMessageDeps): MountedRoute[] {
  return [
    handleRoute(createChatCompletion, async ({ body }, context) => {
      try {
        return await complete(deps, body, context);
      } catch (error) {
        throw error instanceof RequestError ? inOpenAiForm(error) : error;
      }
    }),
  ];
}

async function complete(deps: SendMessageDeps, body: ChatBody, context: RequestContext): Promise<unknown> {
  refuse(body);
  const isStream = body.stream === true;
  const kind = {
    runType: isStream ? ('send_message_streaming' as const) : ('send_message' as const),
    background: false,
    callbackUrl: null,
    ...(isStream ? { streamTokens: true } : {}),
  };
  const accepted = await submitMessage(deps, agentTarget(body.model), toSendFields(body), kind, context);
  const answer = { runId: accepted.runId, agentId: body.model, created: Math.floor(Date.now() / 1000) };
  return isStream ? stream(deps, accepted, answer, body, context) : wait(deps, accepted, answer, context);
}

function refuse(body: ChatBody): void {
  if (!isId('agent', body.model)) throw new RequestError('invalid', `The model must be the id of an agent (agent-…), not '${body.model}'`);
  if ((body.n ?? 1) > 1) throw new RequestError('invalid', "An agent gives one answer: 'n' can only be 1");
  for (const name of ['tools', 'functions'] as const) if ((body[name] ?? []).length > 0) throw notServed(`The field '${name}'`);
  const format = body.response_format?.type ?? 'text';
  if (format !== 'text') throw notServed(`The response format '${format}'`);
}

/** Only the last user message is sent, as in V1: the rest the agent remembers. */
function toSendFields({ messages }: ChatBody): SendFields {
  const last = messages.findLast((message): message is ChatUserMessage => message.role === 'user');
  if (last === undefined) throw new RequestError('invalid', 'The messages have none of the user');
  const content = typeof last.content === 'string' ? last.content : last.content.map(toPart);
  return asyncBody.parse({ messages: [{ role: 'user', content, name: last.name }] });
}

function toPart(part: Exclude<ChatUserMessage['content'], string>[number]): object {
  if (part.type === 'text') return part;
  return { type: 'image', source: { type: 'url', ...part.image_url } };
}

async function wait(deps: SendMessageDeps, run: Accepted, answer: ChatAnswer, context: RequestContext): Promise<unknown> {
  const events = await deps.events.waitForEnd(run.runId, context.signal);
  const end = events?.at(-1);
  if (context.signal.aborted) return answered;
  if (events === null || end?.kind !== 'end') throw new RequestError('gone', `Run ${run.runId} was deleted before it ended`);
  context.response.once('finish', () => deps.answeredRuns.mark(run.runId));
  const { error, stopReason, usage } = end.payload;
  if (error !== null) {
    context.response.status(error.status).set('x-should-retry', 'false').json(presentChatError(error.message, error.type));
    return answered;
  }
  const presentation = presentationFor(run);
  const messages = events.flatMap(event => (event.kind === 'message' ? presentMessage(event.message, presentation) : []));
  return presentChatCompletion(answer, messages, stopReason, usage);
}

async function stream(deps: SendMessageDeps, run: Accepted, answer: ChatAnswer, body: ChatBody, context: RequestContext): Promise<unknown> {
  const sse = openEventStream(context.response, deps.streamStallMs);
  const includeUsage = body.stream_options?.include_usage === true;
  const presenter = createChatStreamPresenter({ answer, presentation: presentationFor(run), includeUsage });
  const { signal } = context;
  for await (const event of deps.events.follow(run.runId, { after: 0, signal, silenceMs: deps.keepaliveMs })) {
    if (event === 'silence') await sse.comment('waiting');
    else for (const chunk of presenter.present(event)) await sse.send({ ...chunk });
    if (presenter.isOver()) break;
  }
  if (signal.aborted) return answered;
  if (!presenter.isOver()) await sse.send(presentChatError('The run was deleted before it ended.', 'stream_incomplete'));
  await sse.end(true);
  deps.answeredRuns.mark(run.runId);
  return answered;
}

function presentationFor(run: Accepted) {
  return presentationOf(run.agentType, {
    use_assistant_message: true,
    assistant_message_tool_name: 'send_message',
    assistant_message_tool_kwarg: 'message',
  });
}

/** With what OpenAI's clients show beside what V1's do. */
function inOpenAiForm(error: RequestError): RequestError {
  const type = error.kind === 'not-served' ? 'server_error' : 'invalid_request_error';
  return new RequestError(error.kind, error.message, {
    ...error.extra,
    error: { message: error.message, type, param: null, code: error.kind },
  });
}
