import { DataSource } from 'typeorm';
import { AgentArchive } from '../entities/agent-archive.entity.js';
import { AgentEvent } from '../entities/agent-event.entity.js';
import { AgentBlock } from '../entities/agent-block.entity.js';
import { AgentFile } from '../entities/agent-file.entity.js';
import { AgentFolder } from '../entities/agent-folder.entity.js';
import { AgentTag } from '../entities/agent-tag.entity.js';
import { AgentVariable } from '../entities/agent-variable.entity.js';
import { AgentTool } from '../entities/agent-tool.entity.js';
import { Agent } from '../entities/agent.entity.js';
import { ApprovalRequest } from '../entities/approval-request.entity.js';
import { Archive } from '../entities/archive.entity.js';
import { BlockCheckpoint } from '../entities/block-checkpoint.entity.js';
import { BlockVersion } from '../entities/block-version.entity.js';
import { Block } from '../entities/block.entity.js';
import { Compaction } from '../entities/compaction.entity.js';
import { Compensation } from '../entities/compensation.entity.js';
import { ConversationBlock } from '../entities/conversation-block.entity.js';
import { ConversationMessage } from '../entities/conversation-message.entity.js';
import { Conversation } from '../entities/conversation.entity.js';
import { FileContent } from '../entities/file-content.entity.js';
import { StoredFile } from '../entities/file.entity.js';
import { Folder } from '../entities/folder.entity.js';
import { Generation } from '../entities/generation.entity.js';
import { SpentTotal } from '../entities/spent-total.entity.js';
import { Embedding } from '../entities/embedding.entity.js';
import { IdentityAgent } from '../entities/identity-agent.entity.js';
import { IdentityBlock } from '../entities/identity-block.entity.js';
import { Identity } from '../entities/identity.entity.js';
import { FileIngest } from '../entities/file-ingest.entity.js';
import { Job } from '../entities/job.entity.js';
import { McpOauth } from '../entities/mcp-oauth.entity.js';
import { McpServerRow } from '../entities/mcp-server.entity.js';
import { McpTool } from '../entities/mcp-tool.entity.js';
import { MessageEmbedding } from '../entities/message-embedding.entity.js';
import { MessageWords } from '../entities/message-words.entity.js';
import { Message } from '../entities/message.entity.js';
import { ModelCharge } from '../entities/model-charge.entity.js';
import { StoredModelResponse } from '../entities/model-response.entity.js';
import { Organization } from '../entities/organization.entity.js';
import { PassageWords } from '../entities/passage-words.entity.js';
import { Passage } from '../entities/passage.entity.js';
import { ProviderTrace } from '../entities/provider-trace.entity.js';
import { Provider } from '../entities/provider.entity.js';
import { RunEvent } from '../entities/run-event.entity.js';
import { RestTool } from '../entities/rest-tool.entity.js';
import { Run } from '../entities/run.entity.js';
import { SummaryResponse } from '../entities/summary-response.entity.js';
import { SandboxConfig } from '../entities/sandbox-config.entity.js';
import { SandboxVariable } from '../entities/sandbox-variable.entity.js';
import { SearchSettings } from '../entities/search-settings.entity.js';
import { Step } from '../entities/step.entity.js';
import { TokenCalibration } from '../entities/token-calibration.entity.js';
import { ToolCallExecution } from '../entities/tool-call.entity.js';
import { ToolTrial } from '../entities/tool-trial.entity.js';
import { Tool } from '../entities/tool.entity.js';
import { StaleMessageVectors } from '../entities/stale-message-vectors.entity.js';
import { UnembeddedMessage } from '../entities/unembedded-message.entity.js';
import { User } from '../entities/user.entity.js';
import { VectorChange } from '../entities/vector-change.entity.js';
import { VectorIndexRow } from '../entities/vector-index.entity.js';
import { migrations } from './migrations/index.js';
import { SnakeNamingStrategy } from './snake-naming-strategy.js';

const entities = [
  Agent,
  AgentArchive,
  AgentBlock,
  AgentEvent,
  AgentFile,
  AgentFolder,
  AgentTag,
  AgentTool,
  AgentVariable,
  ApprovalRequest,
  Archive,
  Block,
  BlockCheckpoint,
  BlockVersion,
  Compaction,
  Compensation,
  Conversation,
  ConversationBlock,
  ConversationMessage,
  FileContent,
  Folder,
  Generation,
  SpentTotal,
  Embedding,
  IdentityAgent,
  IdentityBlock,
  Identity,
  FileIngest,
  Job,
  McpOauth,
  McpServerRow,
  McpTool,
  Message,
  MessageEmbedding,
  MessageWords,
  ModelCharge,
  Organization,
  Passage,
  PassageWords,
  Provider,
  ProviderTrace,
  RestTool,
  Run,
  RunEvent,
  SandboxConfig,
  SandboxVariable,
  SearchSettings,
  Step,
  StoredFile,
  StoredModelResponse,
  SummaryResponse,
  TokenCalibration,
  Tool,
  ToolCallExecution,
  ToolTrial,
  StaleMessageVectors,
  UnembeddedMessage,
  User,
  VectorChange,
  VectorIndexRow,
];

export interface DataSourceOptions {
  readonly url: string;
  readonly poolSize: number;
  /** Told of connections that break while idle; without a listener such an error would end the process. */
  readonly onPoolError: (error: Error) => void;
  /** After which the database ends a statement. */
  readonly statementTimeoutMs?: number;
}

/** Zeros as text: the driver leaves numbers that are 0 to what the database has for its default. */
const noLimits = { statement_timeout: '0', idle_in_transaction_session_timeout: '0' };

/** The connection pool and the schema. Nothing outside of repositories sees TypeORM's types but through it. */
export function createDataSource(options: DataSourceOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
    poolSize: options.poolSize,
    poolErrorHandler: options.onPoolError,
    entities,
    migrations,
    migrationsTableName: 'schema_migrations',
    migrationsTransactionMode: 'each',
    namingStrategy: new SnakeNamingStrategy(),
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    synchronize: false,
    extra: {
      application_name: 'perdura',
      statement_timeout: options.statementTimeoutMs ?? 60_000,
      idle_in_transaction_session_timeout: 30_000,
    },
  });
}

/** For what goes through whole tables before anything is served, or waits for another process that does: on connections that no limit of time ends. */
export async function withoutLimits<Result>({ options }: DataSource, work: (unlimited: DataSource) => Promise<Result>): Promise<Result> {
  if (options.type !== 'postgres') throw new Error(`Not a database of this server: ${options.type}`);
  const extra: unknown = { ...(options.extra as Readonly<Record<string, unknown>>), ...noLimits };
  const unlimited = new DataSource({ ...options, poolSize: 2, extra });
  await unlimited.initialize();
  try {
    return await work(unlimited);
  } finally {
    await unlimited.destroy();
  }
}
