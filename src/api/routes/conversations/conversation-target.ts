import { RequestError } from '../../../domain/errors.js';
import type { ModelCatalog } from '../../../domain/model/model-catalog.js';
import type { SendTarget } from '../messages/to-run-request.js';
import type { FoundConversation } from './find-conversation.js';

export interface ConversationTargetDeps {
  readonly models: Pick<ModelCatalog, 'resolveModel'>;
}

/**
 * A conversation as the target of a message. Throws when its model is gone. V1 locks a conversation for streams, and an agent's default conversation for
 * every message that comes by its name.
 */
export async function conversationTarget(
  { models }: ConversationTargetDeps,
  { id, agentId, isDefault, model }: FoundConversation,
  body: { readonly streaming: boolean; readonly override_model?: string | null | undefined },
): Promise<SendTarget> {
  if (model !== null && body.override_model == null && (await models.resolveModel(model)) === null) {
    throw new RequestError('not-found', `Handle ${model} not found`);
  }
  return {
    agentId,
    conversationId: isDefault ? null : id,
    runType: 'send_conversation_message',
    onBusy: body.streaming || isDefault ? 'reject' : null,
  };
}
