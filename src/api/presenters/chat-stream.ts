import type { RunEvent } from '../../domain/runs/run-event.js';
import { finishReasonOf, messageSeparator, presentChatChunk, presentChatError, presentChatUsageChunk } from './chat-completion.js';
import type { ChatAnswer } from './chat-completion.js';
import type { MessagePresentation } from './letta-message-types.js';
import { createRunStreamPresenter } from './run-stream.js';

export interface ChatStreamOptions {
  readonly answer: ChatAnswer;
  readonly presentation: MessagePresentation;
  readonly includeUsage: boolean;
}

export interface ChatStreamPresenter {
  present(event: RunEvent): readonly object[];
  /** Nothing more is to be said. */
  isOver(): boolean;
}

const speech = ['assistant_message'];
const begunAnew = 'The answer was cut off and begun anew; all of it will be among the messages of the agent.';

/**
 * Turns a run's events into the chunks of OpenAI's API. What was said cannot be taken back there: when a model call whose text has been shown is begun
 * anew, the stream ends with an error. The run goes on.
 */
export function createChatStreamPresenter({ answer, presentation, includeUsage }: ChatStreamOptions): ChatStreamPresenter {
  const present = createRunStreamPresenter({ runId: answer.runId, presentation, mode: 'tokens', includeTypes: speech });
  const shown = new Set<string>();
  let last: string | null = null;
  let isOver = false;

  const say = (id: string, text: string): object => {
    const isNext = last !== null && last !== id;
    const content = isNext ? `${messageSeparator}${text}` : text;
    const role = last === null ? { role: 'assistant' } : {};
    last = id;
    shown.add(id);
    return presentChatChunk(answer, { ...role, content });
  };
  const fail = (message: string, code: string): object[] => {
    isOver = true;
    return [presentChatError(message, code)];
  };
  const end = ({ payload }: Extract<RunEvent, { kind: 'end' }>): object[] => {
    if (payload.error !== null) return fail(payload.error.message, payload.error.type);
    isOver = true;
    const role = last === null ? { role: 'assistant', content: '' } : {};
    const finish = presentChatChunk(answer, role, finishReasonOf(payload.stopReason));
    return includeUsage ? [finish, presentChatUsageChunk(answer, payload.usage)] : [finish];
  };

  return {
    present(event) {
      if (event.kind === 'end') return end(event);
      if (event.kind === 'attempt_voided' && shown.has(event.payload.messageId)) return fail(begunAnew, 'stream_incomplete');
      return present(event).flatMap(({ data }) =>
        typeof data['id'] === 'string' && typeof data['content'] === 'string' ? [say(data['id'], data['content'])] : [],
      );
    },
    isOver: () => isOver,
  };
}
