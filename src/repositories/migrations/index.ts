import { Foundation1764000000000 } from './1764000000000-foundation.js';
import { Conversations1764100000000 } from './1764100000000-conversations.js';
import { Queue1764200000000 } from './1764200000000-queue.js';
import { Lifecycle1764200000001 } from './1764200000001-lifecycle.js';
import { Measurements1764300000000 } from './1764300000000-measurements.js';
import { ProviderTraces1764300000001 } from './1764300000001-provider-traces.js';
import { Budgets1764300000002 } from './1764300000002-budgets.js';
import { Callbacks1764300000003 } from './1764300000003-callbacks.js';
import { Approvals1764700000000 } from './1764700000000-approvals.js';
import { Indexes1764800000000 } from './1764800000000-indexes.js';
import { Generations1765000000000 } from './1765000000000-generations.js';
import { SpentTotals1765000000001 } from './1765000000001-spent-totals.js';
import { HeldTime1765000000002 } from './1765000000002-held-time.js';
import { BlockHistory1765100000000 } from './1765100000000-block-history.js';
import { Identities1765100000001 } from './1765100000001-identities.js';
import { Embeddings1765200000000 } from './1765200000000-embeddings.js';
import { Archives1765200000001 } from './1765200000001-archives.js';
import { Jobs1765200000002 } from './1765200000002-jobs.js';
import { Retention1765200000003 } from './1765200000003-retention.js';
import { SenderIndex1765200000004 } from './1765200000004-sender-index.js';
import { MessageSearch1765300000000 } from './1765300000000-message-search.js';
import { VectorIndexes1765400000000 } from './1765400000000-vector-indexes.js';
import { VectorCarrying1765400000001 } from './1765400000001-vector-carrying.js';
import { Compactions1765500000000 } from './1765500000000-compactions.js';
import { MessageCounts1765600000000 } from './1765600000000-message-counts.js';
import { MessageVectorCarrying1765700000000 } from './1765700000000-message-vector-carrying.js';
import { OrderedMessageCounts1765700000010 } from './1765700000010-ordered-message-counts.js';
import { RetentionIndexes1765710000000 } from './1765710000000-retention-indexes.js';
import { PassagesByAge1765710000001 } from './1765710000001-passages-by-age.js';
import { StaleMessageVectors1765720000000 } from './1765720000000-stale-message-vectors.js';
import { RefusedVectors1765730000000 } from './1765730000000-refused-vectors.js';
import { ToolTrials1765900000000 } from './1765900000000-tool-trials.js';
import { ToolNetwork1765900000001 } from './1765900000001-tool-network.js';
import { ToolEnvironments1765900000002 } from './1765900000002-tool-environments.js';
import { RestTools1766200000000 } from './1766200000000-rest-tools.js';
import { RestDocuments1766200000001 } from './1766200000001-rest-documents.js';
import { FileOriginals1766300000001 } from './1766300000001-file-originals.js';
import { Folders1766300000000 } from './1766300000000-folders.js';
import { FileIngests1766400000000 } from './1766400000000-file-ingests.js';
import { PassageWords1766600000000 } from './1766600000000-passage-words.js';
import { AgentEvents1766500000000 } from './1766500000000-agent-events.js';
import { Mcp1766100000000 } from './1766100000000-mcp.js';
import { Compensations1766500000001 } from './1766500000001-compensations.js';

/** In order; imported by name so that the build needs no file globs. */
export const migrations = [
  Foundation1764000000000,
  Conversations1764100000000,
  Queue1764200000000,
  Lifecycle1764200000001,
  Measurements1764300000000,
  ProviderTraces1764300000001,
  Budgets1764300000002,
  Callbacks1764300000003,
  Approvals1764700000000,
  Indexes1764800000000,
  Generations1765000000000,
  SpentTotals1765000000001,
  HeldTime1765000000002,
  BlockHistory1765100000000,
  Identities1765100000001,
  Embeddings1765200000000,
  Archives1765200000001,
  Jobs1765200000002,
  Retention1765200000003,
  SenderIndex1765200000004,
  MessageSearch1765300000000,
  VectorIndexes1765400000000,
  VectorCarrying1765400000001,
  Compactions1765500000000,
  MessageCounts1765600000000,
  MessageVectorCarrying1765700000000,
  OrderedMessageCounts1765700000010,
  RetentionIndexes1765710000000,
  PassagesByAge1765710000001,
  StaleMessageVectors1765720000000,
  RefusedVectors1765730000000,
  ToolTrials1765900000000,
  ToolNetwork1765900000001,
  ToolEnvironments1765900000002,
  RestTools1766200000000,
  RestDocuments1766200000001,
  Folders1766300000000,
  FileOriginals1766300000001,
  FileIngests1766400000000,
  PassageWords1766600000000,
  AgentEvents1766500000000,
  Mcp1766100000000,
  Compensations1766500000001,
];
