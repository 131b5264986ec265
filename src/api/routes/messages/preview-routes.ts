import type { PreviewRequest } from '../../../activities/llm/preview-request.js';
import { previewConversationModelRequest } from '../../../contract/conversations.contract.js';
import { previewModelRequest } from '../../../contract/messages.contract.js';
import type { SendBody } from '../../../contract/messages.contract.js';
import { RequestError } from '../../../domain/errors.js';
import { runErrorResponse } from '../../error-response.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { conversationTarget } from '../conversations/conversation-target.js';
import { findConversation } from '../conversations/find-conversation.js';
import type { FindConversationDeps } from '../conversations/find-conversation.js';
import { checkSendable, requireAccepted, streamingKind } from './send-message.js';
import type { SendMessageDeps } from './send-message.js';
import { agentTarget, toRunRequest } from './to-run-request.js';
import type { SendTarget } from './to-run-request.js';

export interface PreviewRoutesDeps extends SendMessageDeps, FindConversationDeps {
  readonly previewRequest: PreviewRequest;
}

/** What a message would have its model asked: the operations that send one, up to the sending. */
export function previewRoutes(deps: PreviewRoutesDeps): MountedRoute[] {
  return [
    handleRoute(previewModelRequest, ({ params, body }, context) => preview(deps, agentTarget(params.agent_id), body, context)),
    handleRoute(previewConversationModelRequest, async ({ params, body }, context) => {
      const conversation = await findConversation(deps, params.conversation_id, body.agent_id, context);
      return preview(deps, await conversationTarget(deps, conversation, body), body, context);
    }),
  ];
}

async function preview(deps: PreviewRoutesDeps, target: SendTarget, body: SendBody, context: RequestContext): Promise<unknown> {
  await checkSendable(deps, body);
  const request = await toRunRequest(deps, target, body, streamingKind(body), context);
  if (request.answer !== null)
    throw new RequestError(
      'invalid',
      'What the model is asked after an answer depends on what the allowed tools return: it cannot be told before',
    );
  const previewed = await deps.previewRequest(request);
  switch (previewed.kind) {
    case 'request':
      return previewed.body;
    case 'nothing-sent':
      throw new RequestError('invalid', `The model ${previewed.handle} is a part of this server: nothing is sent to it`);
    case 'not-accepted':
      return requireAccepted(target.agentId, previewed.result);
    case 'refused': {
      if (previewed.end.error === null) throw new Error('A refused call has an error');
      const { status, headers, body: error } = runErrorResponse(previewed.end.error);
      context.response.status(status).set(headers).json(error);
      return answered;
    }
  }
}
