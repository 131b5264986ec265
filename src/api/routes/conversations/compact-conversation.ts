import type { CompactionSettingsBody } from '../../../contract/model-config.contract.js';
import { RequestError } from '../../../domain/errors.js';
import type { CompactionRepository } from '../../../repositories/compaction.repository.js';
import { answered } from '../../mount-route.js';
import type { RequestContext } from '../../mount-route.js';
import { toCompactionChanges } from '../agents/compaction-settings.js';
import type { FoundConversation } from './find-conversation.js';
import { runCommand } from './run-command.js';
import type { RunCommandDeps } from './run-command.js';

export interface CompactConversationDeps extends RunCommandDeps {
  readonly compactions: Pick<CompactionRepository, 'outcomeOfCommand'>;
}

interface CompactionBody {
  readonly compaction_settings?: CompactionSettingsBody | null | undefined;
}

/** Has the conversation compacted in its turn, and tells what came of it. */
export async function compactConversation(
  deps: CompactConversationDeps,
  conversation: FoundConversation,
  body: CompactionBody,
  context: RequestContext,
): Promise<unknown> {
  const compaction = body.compaction_settings == null ? null : toCompactionChanges(body.compaction_settings);
  const commandId = await runCommand(deps, conversation, { command: 'compact', options: { compaction }, body }, context);
  if (commandId === null) return answered;
  const outcome = await deps.compactions.outcomeOfCommand(commandId);
  if (outcome === null)
    throw new RequestError('invalid', 'There is nothing to gain: the compaction would not reduce the number of messages');
  return { summary: outcome.summary, num_messages_before: outcome.messagesBefore, num_messages_after: outcome.messagesAfter };
}
