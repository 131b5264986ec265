import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, flag, json, nullableFlag, nullableInteger, nullableJson, nullableText, nullableTimestamp, text } from './columns.js';
import { Organization } from './organization.entity.js';

@Entity('agents')
@Index('agents_asleep', ['id'], { where: "lifecycle_state = 'sleeping'" })
@Index('agents_by_creation', ['organizationId', 'createdAt', 'id'])
export class Agent {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  @Column(text) agentType: string;
  @Column(text) name: string;
  @Column(nullableText) description: string | null;
  /** The base prompt; the compiled one is the first message of each conversation. */
  @Column(text) system: string;
  /** domain ModelConfig */
  @Column(json) llmConfig: unknown;
  /** domain EmbeddingConfig */
  @Column(nullableJson) embeddingConfig: unknown;
  @Column(nullableJson) modelSettings: unknown;
  /** domain CompactionSettings */
  @Column(nullableJson) compactionSettings: unknown;
  @Column(nullableJson) responseFormat: unknown;
  /** domain ToolRule[] */
  @Column({ ...json, default: () => "'[]'" }) toolRules: unknown;
  @Column(nullableJson) metadata: unknown;
  @Column(flag) messageBufferAutoclear: boolean;
  @Column(nullableFlag) enableSleeptime: boolean | null;
  @Column(nullableText) timezone: string | null;
  @Column(nullableInteger) maxFilesOpen: number | null;
  @Column(nullableInteger) perFileViewWindowCharLimit: number | null;
  @Column(nullableFlag) hidden: boolean | null;
  /** creating | initializing | running | paused | sleeping | updating | terminated */
  @Column({ ...text, default: 'running' }) lifecycleState: string;
  /** Of a sleeping agent; null = until it is woken. */
  @Column(nullableTimestamp) wakeAt: Date | null;
  /** Whether a message wakes the sleeping agent. */
  @Column(flag) wakeOnMessage: boolean;
  @Column(nullableTimestamp) lifecycleChangedAt: Date | null;
  /** enqueue | reject | interrupt | rollback: what a message meets while a run is open. Null = what the route has. */
  @Column(nullableText) onBusy: string | null;
  /** domain ApprovalSettings; null = no deadline, and messages are refused while an approval is pending. */
  @Column(nullableJson) approvalSettings: unknown;
  /** domain RetentionPolicy; null = the organisation's. */
  @Column(nullableJson) retention: unknown;
  /** domain AgentBudget */
  @Column(nullableJson) budget: unknown;
  @Column(nullableTimestamp) lastRunCompletion: Date | null;
  @Column(nullableInteger) lastRunDurationMs: number | null;
  @Column(nullableText) lastStopReason: string | null;
  @Column(nullableText) projectId: string | null;
  @Column(nullableText) templateId: string | null;
  @Column(nullableText) baseTemplateId: string | null;
  @Column(nullableText) deploymentId: string | null;
  @Column(nullableText) entityId: string | null;
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
