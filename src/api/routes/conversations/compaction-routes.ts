import * as contract from '../../../contract/compactions.contract.js';
import type { ListCompactionsQuery } from '../../../contract/compactions.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { CompactionHistoryRepository, FoundCompaction } from '../../../repositories/compaction-history.repository.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentCompaction } from '../../presenters/compaction.js';
import { findConversation } from './find-conversation.js';
import type { FindConversationDeps, FoundConversation } from './find-conversation.js';
import { runCommand } from './run-command.js';
import type { RunCommandDeps } from './run-command.js';
import { largestPageOfLongRows } from '../page.js';

export interface CompactionRoutesDeps extends RunCommandDeps, FindConversationDeps {
  readonly compactionHistory: CompactionHistoryRepository;
}

/** The compactions of a conversation; an agent's are those of its default one. */
export function compactionRoutes(deps: CompactionRoutesDeps): MountedRoute[] {
  const find = (id: string, agentId: string | undefined, context: RequestContext) => findConversation(deps, id, agentId, context);
  return [
    handleRoute(contract.listAgentCompactions, async ({ params, query }, context) =>
      list(deps, await find(params.agent_id, undefined, context), query, context),
    ),
    handleRoute(contract.listConversationCompactions, async ({ params, query }, context) =>
      list(deps, await find(params.conversation_id, query.agent_id, context), query, context),
    ),
    handleRoute(contract.undoAgentCompaction, async ({ params }, context) =>
      undo(deps, await find(params.agent_id, undefined, context), params.compaction_id, context),
    ),
    handleRoute(contract.undoConversationCompaction, async ({ params, query }, context) =>
      undo(deps, await find(params.conversation_id, query.agent_id, context), params.compaction_id, context),
    ),
  ];
}

async function list(
  { compactionHistory }: CompactionRoutesDeps,
  conversation: FoundConversation,
  query: ListCompactionsQuery,
  { organizationId }: RequestContext,
) {
  const { before = null, after = null, limit, order } = query;
  const page = { before, after, limit: Math.min(limit, largestPageOfLongRows), newestFirst: order === 'desc' };
  const records = await compactionHistory.list(organizationId, conversation.id, page);
  return records.map(record => presentCompaction(record, conversation));
}

/** A compaction that was undone stays so: the request may be repeated. */
async function undo(deps: CompactionRoutesDeps, conversation: FoundConversation, id: string, context: RequestContext): Promise<unknown> {
  const before = await requireCompaction(deps, conversation, id, context);
  if (before.undoneAt !== null) return presentCompaction(before, conversation);
  requireUndoable(before);
  const order = { command: 'undo_compaction', options: { undoesCompaction: id }, body: { undoes: id } } as const;
  if ((await runCommand(deps, conversation, order, context)) === null) return answered;
  const after = await requireCompaction(deps, conversation, id, context);
  if (after.undoneAt === null) requireUndoable(after);
  return presentCompaction(after, conversation);
}

async function requireCompaction(
  { compactionHistory }: CompactionRoutesDeps,
  conversation: FoundConversation,
  id: string,
  { organizationId }: RequestContext,
): Promise<FoundCompaction> {
  const record = await compactionHistory.find(organizationId, conversation.id, id);
  if (record === null) throw notFound('Compaction', id);
  return record;
}

function requireUndoable({ id, isInContext, hasAllMessages }: FoundCompaction): void {
  if (!isInContext) {
    throw new RequestError(
      'conflict',
      `The summary of ${id} is not in the context any more: a later compaction has taken it up, which can be undone first, or the context was reset`,
    );
  }
  if (!hasAllMessages) {
    throw new RequestError(
      'conflict',
      `Messages that the summary of ${id} stands for were deleted: without it nothing would be known of them`,
    );
  }
}
