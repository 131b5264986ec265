import {
  cancelConversation,
  listConversationMessages,
  retrieveConversationStream,
  sendConversationMessage,
} from '../../../contract/conversations.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { ConversationMessagesRepository } from '../../../repositories/conversation-messages.repository.js';
import { openStatuses } from '../../../repositories/run-list.repository.js';
import type { RunRecord } from '../../../repositories/run-list.repository.js';
import type { RunFilter } from '../../../repositories/run-filter.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentMessage } from '../../presenters/letta-messages.js';
import { streamRun } from '../../streams/stream-run.js';
import { cancelRuns } from '../messages/cancel-runs.js';
import type { CancelRunsDeps } from '../messages/cancel-runs.js';
import { presentationOf } from '../messages/presentation-of.js';
import { storedStream } from '../messages/run-stream-request.js';
import { sendMessageTo } from '../messages/send-message.js';
import type { SendMessageDeps } from '../messages/send-message.js';
import { pageOf } from '../page.js';
import { conversationTarget } from './conversation-target.js';
import { findConversation } from './find-conversation.js';
import type { FindConversationDeps, FoundConversation } from './find-conversation.js';

export interface ConversationMessageRoutesDeps extends SendMessageDeps, CancelRunsDeps, FindConversationDeps {
  readonly conversationMessages: ConversationMessagesRepository;
}

/** A stream may be asked for by an otid before the POST that carries it has been accepted: how often, and after which pauses in ms, it is looked for. */
const otidTries = 3;
const otidPauseMs = 250;

/** The operations on a conversation's messages and runs; all of them take its other names too. */
export function conversationMessageRoutes(deps: ConversationMessageRoutesDeps): MountedRoute[] {
  return [
    handleRoute(sendConversationMessage, async ({ params, body }, context) => {
      const conversation = await findConversation(deps, params.conversation_id, body.agent_id, context);
      return sendMessageTo(deps, await conversationTarget(deps, conversation, body), body, context);
    }),
    handleRoute(listConversationMessages, async ({ params, query }, context) => {
      const conversation = await findConversation(deps, params.conversation_id, query.agent_id, context);
      const filter = { conversationId: conversation.id, groupId: query.group_id, withErrors: query.include_err };
      const messages = await deps.conversationMessages.list(filter, pageOf(query));
      const types = query.include_return_message_types;
      const presentation = {
        ...presentationOf(conversation.agentType, listedAs),
        // Listings of conversations show text as speech, whatever the agent's type.
        textIsAssistantMessage: true,
      };
      const shown = messages.flatMap(message => {
        const wire = presentMessage(message, presentation);
        return query.order === 'desc' ? wire.reverse() : wire;
      });
      return types === undefined ? shown : shown.filter(message => types.includes(message.message_type));
    }),
    handleRoute(cancelConversation, async ({ params, query }, context) => {
      const conversation = await findConversation(deps, params.conversation_id, query.agent_id, context);
      return cancelRuns(deps, scopeOf(conversation, context), null, `conversation ${params.conversation_id}`);
    }),
    handleRoute(retrieveConversationStream, async ({ params, body }, context) => {
      const conversation = await findConversation(deps, params.conversation_id, body.agent_id, context);
      await streamRun(deps, storedStream(await findRun(deps, conversation, body, context), body), context);
      return answered;
    }),
  ];
}

const listedAs = { use_assistant_message: true, assistant_message_tool_name: 'send_message', assistant_message_tool_kwarg: 'message' };

function scopeOf({ id, agentId }: FoundConversation, { organizationId }: RequestContext): RunFilter {
  return { organizationId, agentIds: [agentId], conversationId: id };
}

/** By its id, else by the otid of its first message, else the newest that has not ended. */
async function findRun(
  { runs }: ConversationMessageRoutesDeps,
  conversation: FoundConversation,
  wanted: { readonly run_id?: string | null | undefined; readonly otid?: string | null | undefined },
  context: RequestContext,
): Promise<RunRecord> {
  const scope = scopeOf(conversation, context);
  const first = async (filter: Partial<RunFilter>): Promise<RunRecord | undefined> =>
    (await runs.list({ ...scope, ...filter }, { before: null, after: null, limit: 1, ascending: false }))[0];
  if (wanted.run_id != null) {
    const run = await first({ ids: [wanted.run_id] });
    if (run === undefined) throw notFound('Run', wanted.run_id);
    return run;
  }
  if (wanted.otid != null) {
    for (let tries = 1; ; tries += 1) {
      const run = await first({ otid: wanted.otid });
      if (run !== undefined) return run;
      if (tries === otidTries) throw new RequestError('not-found', `No run found for the otid ${wanted.otid}`);
      await new Promise(resolve => setTimeout(resolve, otidPauseMs));
    }
  }
  const run = await first({ statuses: openStatuses });
  if (run === undefined) throw new RequestError('invalid', 'No active runs found for this conversation.');
  return run;
}
