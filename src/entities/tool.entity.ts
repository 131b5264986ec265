import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, flag, json, nullableFlag, nullableInteger, nullableJson, nullableText, text, textArray } from './columns.js';
import { Organization } from './organization.entity.js';

@Entity('tools')
@Index('tools_name', ['organizationId', 'name'], { unique: true })
@Index('tools_by_creation', ['organizationId', 'createdAt', 'id'])
export class Tool {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  @Column(text) name: string;
  @Column(text) toolType: string;
  @Column(nullableText) description: string | null;
  /** python | typescript | json */
  @Column({ ...text, default: 'python' }) sourceType: string;
  @Column(nullableText) sourceCode: string | null;
  @Column(json) jsonSchema: unknown;
  @Column(nullableJson) argsJsonSchema: unknown;
  @Column(textArray) tags: string[];
  @Column({ type: 'integer', default: 50000 }) returnCharLimit: number;
  @Column(nullableJson) pipRequirements: unknown;
  @Column(nullableJson) npmRequirements: unknown;
  @Column(nullableFlag) defaultRequiresApproval: boolean | null;
  @Column(flag) enableParallelExecution: boolean;
  /** never | on_interrupt | always: whether a call that was cut off may run again. */
  @Column({ ...text, default: 'never' }) retryClass: string;
  /** Milliseconds; null takes the setting. */
  @Column(nullableInteger) timeoutMs: number | null;
  /** none | public | host; null = what PERDURA_TOOL_NETWORK allows. */
  @Column(nullableText) network: string | null;
  /** domain ToolUndo: how what it did is undone. */
  @Column(nullableJson) undo: unknown;
  @Column({ ...json, default: () => "'{}'" }) metadata: unknown;
  @Column(nullableText) projectId: string | null;
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
