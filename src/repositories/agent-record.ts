import type { ApprovalSettings } from '../domain/approvals/approval-request.js';
import type { AgentBudget } from '../domain/budgets/budget.js';
import type { CompactionSettings } from '../domain/context-window/compaction-settings.js';
import type { LifecycleState } from '../domain/agents/lifecycle.js';
import type { ToolRule } from '../domain/tool-rules/tool-rule.js';
import type { EmbeddingConfig, ModelConfig, ResponseFormat } from '../domain/model/model-config.js';
import type { BusyPolicy } from '../domain/runs/run-request.js';
import { blockObject } from './block-record.js';
import type { BlockRecord } from './block-record.js';
import { identityObject } from './identity-record.js';
import type { IdentityRecord } from './identity-record.js';
import type { MessageRow } from './message-row.js';
import type { FolderRecord } from './folders.repository.js';
import { folderObject } from './folders.repository.js';
import { toolObject } from './tool-record.js';
import type { ToolRecord } from './tool-record.js';

/** A secret of an agent; sealed, until somebody opens it for the API. */
export interface AgentSecretRecord {
  readonly id: string;
  readonly key: string;
  readonly value: string;
  readonly description: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** An agent with what the API shows of it. */
export interface AgentRecord {
  readonly id: string;
  readonly agentType: string;
  readonly name: string;
  readonly description: string | null;
  readonly system: string;
  readonly llmConfig: ModelConfig;
  readonly embeddingConfig: EmbeddingConfig | null;
  readonly modelSettings: Readonly<Record<string, unknown>> | null;
  readonly compactionSettings: CompactionSettings | null;
  readonly responseFormat: ResponseFormat | null;
  readonly toolRules: readonly ToolRule[];
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly messageBufferAutoclear: boolean;
  readonly enableSleeptime: boolean | null;
  readonly timezone: string | null;
  readonly approvalSettings: ApprovalSettings | null;
  readonly maxFilesOpen: number | null;
  readonly perFileViewWindowCharLimit: number | null;
  readonly hidden: boolean | null;
  readonly budget: AgentBudget | null;
  readonly lastRunCompletion: string | null;
  readonly lastRunDurationMs: number | null;
  readonly lastStopReason: string | null;
  readonly projectId: string | null;
  readonly templateId: string | null;
  readonly baseTemplateId: string | null;
  readonly deploymentId: string | null;
  readonly entityId: string | null;
  readonly createdById: string | null;
  readonly lastUpdatedById: string | null;
  readonly onBusy: BusyPolicy | null;
  readonly lifecycleState: LifecycleState;
  readonly wakeAt: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly tags: readonly string[];
  readonly blocks: readonly BlockRecord[];
  readonly tools: readonly ToolRecord[];
  readonly identities: readonly IdentityRecord[];
  readonly secrets: readonly AgentSecretRecord[];
  readonly folders: readonly FolderRecord[];
  /** With the blocks. */
  readonly files: readonly AgentFileRow[];
  /** The message of the request that waits in the default conversation. */
  readonly pendingApproval: MessageRow | null;
  /** Of the default conversation's context. */
  readonly messageIds: readonly string[];
}

/** A file as it stands in an agent's memory. */
export interface AgentFileRow {
  readonly id: string;
  readonly fileId: string;
  readonly folderId: string;
  readonly fileName: string;
  readonly isOpen: boolean;
  readonly view: string | null;
  readonly lastAccessedAt: string;
}

/** The parts of an agent that are loaded only when they are asked for. */
export interface AgentParts {
  readonly blocks: boolean;
  readonly tools: boolean;
  readonly tags: boolean;
  readonly identities: boolean;
  readonly folders: boolean;
  /** Only for those who ask for them. */
  readonly secrets: boolean;
}

export const allParts: AgentParts = { blocks: true, tools: true, tags: true, identities: true, folders: true, secrets: false };
export const noParts: AgentParts = { blocks: false, tools: false, tags: false, identities: false, folders: false, secrets: false };

const columns: Readonly<Partial<Record<keyof AgentRecord, string>>> = {
  id: 'id',
  agentType: 'agent_type',
  name: 'name',
  description: 'description',
  system: 'system',
  llmConfig: 'llm_config',
  embeddingConfig: 'embedding_config',
  modelSettings: 'model_settings',
  compactionSettings: 'compaction_settings',
  responseFormat: 'response_format',
  toolRules: 'tool_rules',
  metadata: 'metadata',
  messageBufferAutoclear: 'message_buffer_autoclear',
  enableSleeptime: 'enable_sleeptime',
  timezone: 'timezone',
  approvalSettings: 'approval_settings',
  maxFilesOpen: 'max_files_open',
  perFileViewWindowCharLimit: 'per_file_view_window_char_limit',
  hidden: 'hidden',
  budget: 'budget',
  lastRunCompletion: 'last_run_completion',
  lastRunDurationMs: 'last_run_duration_ms',
  lastStopReason: 'last_stop_reason',
  projectId: 'project_id',
  templateId: 'template_id',
  baseTemplateId: 'base_template_id',
  deploymentId: 'deployment_id',
  entityId: 'entity_id',
  createdById: 'created_by_id',
  lastUpdatedById: 'last_updated_by_id',
  onBusy: 'on_busy',
  lifecycleState: 'lifecycle_state',
  wakeAt: 'wake_at',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
};

const secretObject =
  "jsonb_build_object('id', v.id, 'key', v.key, 'value', v.sealed_value, 'description', v.description, 'createdAt', v.created_at, 'updatedAt', v.updated_at)";

/** A row of `agents` under the alias `a`, as columns of the record's names. */
export function agentColumns(parts: AgentParts): string {
  const empty = "'[]'::jsonb";
  const own = Object.entries(columns).map(([member, column]) => `a.${column} as "${member}"`);
  return [
    ...own,
    `${
      parts.blocks
        ? `coalesce((select jsonb_agg(${blockObject('b')} order by ba.created_at, b.label) from blocks_agents ba join blocks b on b.id = ba.block_id where ba.agent_id = a.id), ${empty})`
        : empty
    } as blocks`,
    `${
      parts.tools
        ? `coalesce((select jsonb_agg(${toolObject('t')} order by t.name) from tools_agents ta join tools t on t.id = ta.tool_id where ta.agent_id = a.id), ${empty})`
        : empty
    } as tools`,
    `${parts.tags ? `coalesce((select jsonb_agg(x.tag order by x.tag) from agents_tags x where x.agent_id = a.id), ${empty})` : empty} as tags`,
    `${
      parts.identities
        ? `coalesce((select jsonb_agg(${identityObject('i')} order by ia.created_at, i.id) from identities_agents ia join identities i on i.id = ia.identity_id where ia.agent_id = a.id), ${empty})`
        : empty
    } as identities`,
    `${parts.secrets ? `coalesce((select jsonb_agg(${secretObject} order by v.key) from agent_variables v where v.agent_id = a.id), ${empty})` : empty} as secrets`,
    `${
      parts.folders
        ? `coalesce((select jsonb_agg(${folderObject} order by sa.created_at, s.name) from sources_agents sa join sources s on s.id = sa.source_id where sa.agent_id = a.id), ${empty})`
        : empty
    } as folders`,
    `${
      parts.blocks
        ? `coalesce((select jsonb_agg(jsonb_build_object('id', fa.id, 'fileId', fa.file_id, 'folderId', fa.source_id, 'fileName', fa.file_name, 'isOpen', fa.is_open,
             'view', fa.visible_content, 'lastAccessedAt', fa.last_accessed_at) order by fa.created_at, fa.id) from files_agents fa where fa.agent_id = a.id), ${empty})`
        : empty
    } as files`,
    `(select to_jsonb(m) from approval_requests q join conversations c on c.id = q.conversation_id and c.is_default join messages m on m.id = q.id
       where q.agent_id = a.id and q.status = 'pending') as "pendingApproval"`,
    `coalesce((select jsonb_agg(cm.message_id order by cm.position) from conversations c join conversation_messages cm on cm.conversation_id = c.id
                where c.agent_id = a.id and c.is_default), ${empty}) as "messageIds"`,
  ].join(', ');
}
