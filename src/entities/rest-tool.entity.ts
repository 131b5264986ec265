import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, json, nullableText, text } from './columns.js';
import { Tool } from './tool.entity.js';

/** What a tool of source type `json` sends, and how it says who calls. */
@Entity('rest_tools')
@Index('rest_tools_of_document', ['document'], { where: 'document is not null' })
export class RestTool {
  @ForeignKey(() => Tool, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  toolId: string;
  /** domain RestDefinition */
  @Column(json) definition: unknown;
  /** domain RestAuth as JSON, sealed; null = it says nothing of that. */
  @Column(nullableText) sealedAuth: string | null;
  /** Name of the OpenAPI document that it was made of; null = of a request alone. */
  @Column(nullableText) document: string | null;
  /** Its operation there: method and path. */
  @Column(nullableText) operation: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
