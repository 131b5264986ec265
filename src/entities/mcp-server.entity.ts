import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, nullableJson, nullableText, nullableTimestamp, text, textArray } from './columns.js';
import { Organization } from './organization.entity.js';

/** A server of tools that speaks MCP. What may be secret is sealed: token, headers and environment. */
@Entity('mcp_servers')
@Index('mcp_servers_name', ['organizationId', 'serverName'], { unique: true })
export class McpServerRow {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  @Column(text) serverName: string;
  /** stdio | sse | streamable_http */
  @Column(text) serverType: string;
  @Column(nullableText) serverUrl: string | null;
  /** Null = Authorization. */
  @Column(nullableText) authHeader: string | null;
  @Column(nullableText) token: string | null;
  @Column(nullableText) customHeaders: string | null;
  @Column(nullableText) command: string | null;
  @Column(nullableJson) args: unknown;
  @Column(nullableText) env: string | null;
  /** Stands before the names of its tools. */
  @Column(nullableText) toolPrefix: string | null;
  /** Of the last look at its tools. */
  @Column(nullableTimestamp) syncedAt: Date | null;
  @Column(nullableText) syncError: string | null;
  @Column(textArray) syncWarnings: string[];
  @Column(nullableText) createdById: string | null;
  @Column(nullableText) lastUpdatedById: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
