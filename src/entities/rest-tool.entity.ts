import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableText, text } from './columns.js';
import { Tool } from './tool.entity.js';

/** What a tool of source type `json` sends, and how it says who calls. */
@Entity('rest_tools')
export class RestTool {
  @ForeignKey(() => Tool, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  toolId: string;
  /** domain RestDefinition */
  @Column(json) definition: unknown;
  /** domain RestAuth as JSON, sealed; null = it says nothing of that. */
  @Column(nullableText) sealedAuth: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
