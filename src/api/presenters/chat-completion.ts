import type { StopReason } from '../../domain/agent-loop/stop-reason.js';
import type { RunUsage } from '../../domain/runs/run-event.js';
import type { LettaMessage } from './letta-message-types.js';
import { presentRunUsage } from './run.js';

/** What all objects of one answer have in common. */
export interface ChatAnswer {
  readonly runId: string;
  readonly agentId: string;
  /** Seconds since 1970. */
  readonly created: number;
}

type FinishReason = 'stop' | 'length';

/** Stands between what an agent says in several messages: OpenAI's form has room for one. */
export const messageSeparator = '\n\n';

/** The whole answer. Only what the agent says is shown; thoughts and tools are not. */
export function presentChatCompletion(answer: ChatAnswer, messages: readonly LettaMessage[], stopReason: StopReason, usage: RunUsage) {
  const said = messages.flatMap(message => (message.message_type === 'assistant_message' ? [message.content] : []));
  return {
    ...fieldsOf(answer),
    object: 'chat.completion' as const,
    choices: [
      {
        index: 0,
        message: { role: 'assistant' as const, content: said.join(messageSeparator), refusal: null },
        finish_reason: finishReasonOf(stopReason),
        logprobs: null,
      },
    ],
    usage: presentChatUsage(usage),
    service_tier: null,
  };
}

export function presentChatChunk(answer: ChatAnswer, delta: Readonly<Record<string, string>>, finishReason: FinishReason | null = null) {
  return {
    ...fieldsOf(answer),
    object: 'chat.completion.chunk' as const,
    choices: [{ index: 0, delta, finish_reason: finishReason, logprobs: null }],
  };
}

/** The chunk after the last, for clients that ask for it. */
export function presentChatUsageChunk(answer: ChatAnswer, usage: RunUsage) {
  return { ...fieldsOf(answer), object: 'chat.completion.chunk' as const, choices: [], usage: presentChatUsage(usage) };
}

export function presentChatError(message: string, code: string) {
  return { error: { message, type: 'server_error', param: null, code } };
}

/** Where the agent was stopped before it was done, the answer is cut short. */
export function finishReasonOf(stopReason: StopReason): FinishReason {
  return stopReason === 'max_tokens_exceeded' || stopReason === 'max_steps' ? 'length' : 'stop';
}

function fieldsOf({ runId, agentId, created }: ChatAnswer) {
  return { id: `chatcmpl-${runId}`, created, model: agentId, system_fingerprint: null };
}

function presentChatUsage(usage: RunUsage) {
  const {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    prompt_tokens_details: prompt,
    completion_tokens_details: completion,
  } = presentRunUsage(usage);
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    ...(prompt?.cached_tokens == null ? {} : { prompt_tokens_details: { cached_tokens: prompt.cached_tokens } }),
    ...(completion === null ? {} : { completion_tokens_details: completion }),
  };
}
