import type { SendBody } from '../../../contract/messages.contract.js';
import type { RetrieveStreamBody } from '../../../contract/runs.contract.js';
import type { RunRecord } from '../../../repositories/run-list.repository.js';
import type { MessagePresentation } from '../../presenters/letta-message-types.js';
import type { RunStreamRequest } from '../../streams/run-items.js';
import { presentationOf } from './presentation-of.js';

/** The stream that a request to send asks for. */
export function requestedStream(run: { readonly runId: string; readonly agentType: string }, body: SendBody): RunStreamRequest {
  return {
    runId: run.runId,
    presentation: presentationOf(run.agentType, body),
    mode: body.stream_tokens ? 'tokens' : 'steps',
    includeTypes: body.include_return_message_types ?? null,
    startingAfter: 0,
    includePings: body.include_pings,
    follow: true,
  };
}

/** A run's stream as its own request wanted it; one that asked for none has its tokens streamed. */
export function storedStream(run: RunRecord, body: RetrieveStreamBody): RunStreamRequest {
  return {
    runId: run.id,
    presentation: { ...presentationOfRun(run), includeCompactionMessages: run.requestConfig?.includeCompactionMessages ?? false },
    mode: run.requestConfig?.streamTokens === false ? 'steps' : 'tokens',
    includeTypes: run.requestConfig?.includeReturnMessageTypes ?? null,
    startingAfter: body.starting_after,
    includePings: body.include_pings ?? true,
    follow: body.follow,
  };
}

/** How a run's own request wanted its messages to be shown. */
export function presentationOfRun(run: Pick<RunRecord, 'agentType' | 'requestConfig'>): MessagePresentation {
  return presentationOf(run.agentType, {
    use_assistant_message: run.requestConfig?.useAssistantMessage ?? true,
    assistant_message_tool_name: run.requestConfig?.assistantMessageToolName ?? 'send_message',
    assistant_message_tool_kwarg: run.requestConfig?.assistantMessageToolKwarg ?? 'message',
  });
}
