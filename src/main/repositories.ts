import type { Settings } from '../config/settings.js';
import { createAgentLifecycleRepository } from '../repositories/agent-lifecycle.repository.js';
import { createAgentEventsRepository } from '../repositories/agent-events.repository.js';
import { createAgentsRepository } from '../repositories/agents.repository.js';
import { createAnswersRepository } from '../repositories/answers.repository.js';
import { createApprovalsRepository } from '../repositories/approvals.repository.js';
import { createArchivesRepository } from '../repositories/archives.repository.js';
import { createBlockEditsRepository } from '../repositories/block-edits.repository.js';
import { createBlockHistoryRepository } from '../repositories/block-history.repository.js';
import { createBlockUpdatesRepository } from '../repositories/block-updates.repository.js';
import { createBlocksRepository } from '../repositories/blocks.repository.js';
import { createBudgetsRepository } from '../repositories/budgets.repository.js';
import { createBuiltinToolsRepository } from '../repositories/builtin-tools.repository.js';
import { createCallbacksRepository } from '../repositories/callbacks.repository.js';
import { createCompactionHistoryRepository } from '../repositories/compaction-history.repository.js';
import { createCompactionRepository } from '../repositories/compaction.repository.js';
import { createConversationForksRepository } from '../repositories/conversation-forks.repository.js';
import { createConversationMessagesRepository } from '../repositories/conversation-messages.repository.js';
import { createConversationResetRepository } from '../repositories/conversation-reset.repository.js';
import { createConversationsRepository } from '../repositories/conversations.repository.js';
import type { TransactionalDatabase } from '../repositories/database.js';
import { createEmbeddingsRepository } from '../repositories/embeddings.repository.js';
import { createGenerationsRepository } from '../repositories/generations.repository.js';
import { createIdentitiesRepository } from '../repositories/identities.repository.js';
import { createJobsRepository } from '../repositories/jobs.repository.js';
import { createMcpOauthRepository } from '../repositories/mcp-oauth.repository.js';
import { createMcpServersRepository } from '../repositories/mcp-servers.repository.js';
import { createMcpToolsRepository } from '../repositories/mcp-tools.repository.js';
import { mergeTexts } from '../repositories/merge-texts.js';
import { createMessageEmbeddingsRepository } from '../repositories/message-embeddings.repository.js';
import { createMessageListRepository } from '../repositories/message-list.repository.js';
import { createMessageSearchRepository } from '../repositories/message-search.repository.js';
import { createModelCallsRepository } from '../repositories/model-calls.repository.js';
import { createPassagesRepository } from '../repositories/passages.repository.js';
import { createProviderTracesRepository } from '../repositories/provider-traces.repository.js';
import { createPurgeRepository } from '../repositories/purge.repository.js';
import { createReconcileRepository } from '../repositories/reconcile.repository.js';
import { createReembedRepository } from '../repositories/reembed.repository.js';
import { createRequestPreviewRepository } from '../repositories/request-preview.repository.js';
import { createRestToolsRepository } from '../repositories/rest-tools.repository.js';
import { createRetentionRepository } from '../repositories/retention.repository.js';
import { createRunAcceptRepository } from '../repositories/run-accept.repository.js';
import { createRunEventsRepository } from '../repositories/run-events.repository.js';
import { createRunLifecycleRepository } from '../repositories/run-lifecycle.repository.js';
import { createRunListRepository } from '../repositories/run-list.repository.js';
import { createRunQueueRepository } from '../repositories/run-queue.repository.js';
import { createRunRollbackRepository } from '../repositories/run-rollback.repository.js';
import { createStepCommitRepository } from '../repositories/step-commit.repository.js';
import { createStepListRepository } from '../repositories/step-list.repository.js';
import { createSystemMessageRepository } from '../repositories/system-message.repository.js';
import { createCompensationsRepository } from '../repositories/compensations.repository.js';
import { createEventWaitsRepository } from '../repositories/event-waits.repository.js';
import { createToolCallsRepository } from '../repositories/tool-calls.repository.js';
import { createToolTrialsRepository } from '../repositories/tool-trials.repository.js';
import { createToolEnvironmentsRepository } from '../repositories/tool-environments.repository.js';
import { createToolWritesRepository } from '../repositories/tool-writes.repository.js';
import { createToolsRepository } from '../repositories/tools.repository.js';
import { createVectorChangesRepository } from '../repositories/vector-changes.repository.js';
import { createVectorIndexesRepository } from '../repositories/vector-indexes.repository.js';
import { createFileRepositories } from './file-repositories.js';

/** One of each, on one database. */
export function createRepositories(database: TransactionalDatabase, { enforceBlockLimits }: Settings) {
  const blockOptions = { enforceLimit: enforceBlockLimits, merge: mergeTexts };
  return {
    ...createToolRepositories(database),
    ...createFileRepositories(database),
    ...createMessageRepositories(database),
    accepts: createRunAcceptRepository(database),
    answers: createAnswersRepository(database),
    approvals: createApprovalsRepository(database),
    archives: createArchivesRepository(database),
    agentLifecycle: createAgentLifecycleRepository(database),
    agentEvents: createAgentEventsRepository(database),
    agents: createAgentsRepository(database),
    builtinTools: createBuiltinToolsRepository(database),
    blockHistory: createBlockHistoryRepository(database),
    blockUpdates: createBlockUpdatesRepository(database, blockOptions),
    blockEdits: createBlockEditsRepository(database, blockOptions),
    blocks: createBlocksRepository(database),
    budgets: createBudgetsRepository(database),
    callbacks: createCallbacksRepository(database),
    compactions: createCompactionRepository(database),
    compactionHistory: createCompactionHistoryRepository(database),
    conversationForks: createConversationForksRepository(database),
    conversationMessages: createConversationMessagesRepository(database),
    conversationResets: createConversationResetRepository(database),
    conversationRows: createConversationsRepository(database),
    embeddings: createEmbeddingsRepository(database),
    generations: createGenerationsRepository(database),
    jobs: createJobsRepository(database),
    purges: createPurgeRepository(database),
    restTools: createRestToolsRepository(database),
    retention: createRetentionRepository(database),
    reembeds: createReembedRepository(database),
    identities: createIdentitiesRepository(database),
    lifecycle: createRunLifecycleRepository(database),
    mcpServers: createMcpServersRepository(database),
    mcpTools: createMcpToolsRepository(database),
    mcpOauth: createMcpOauthRepository(database),
    modelCalls: createModelCallsRepository(database),
    openConversations: createReconcileRepository(database),
    passages: createPassagesRepository(database),
    previews: createRequestPreviewRepository(database),
    runQueues: createRunQueueRepository(database),
    rollbacks: createRunRollbackRepository(database),
    runEvents: createRunEventsRepository(database),
    runs: createRunListRepository(database),
    stepCommits: createStepCommitRepository(database),
    steps: createStepListRepository(database),
    systemMessages: createSystemMessageRepository(database),
    compensations: createCompensationsRepository(database),
    eventWaits: createEventWaitsRepository(database),
    vectorChanges: createVectorChangesRepository(database),
    vectorIndexes: createVectorIndexesRepository(database),
    traces: createProviderTracesRepository(database),
  };
}

function createToolRepositories(database: TransactionalDatabase) {
  return {
    toolCalls: createToolCallsRepository(database),
    toolTrials: createToolTrialsRepository(database),
    tools: createToolsRepository(database),
    toolWrites: createToolWritesRepository(database),
    toolEnvironments: createToolEnvironmentsRepository(database),
  };
}

function createMessageRepositories(database: TransactionalDatabase) {
  return {
    messages: createMessageListRepository(database),
    messageEmbeddings: createMessageEmbeddingsRepository(database),
    messageSearch: createMessageSearchRepository(database),
  };
}
