import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, nullableJson, nullableText, nullableTimestamp, text } from './columns.js';
import { McpServerRow } from './mcp-server.entity.js';
import { Organization } from './organization.entity.js';

/** Somebody signs in to an MCP server. What may be secret is sealed. */
@Entity('mcp_oauth')
@Index('mcp_oauth_state', ['state'], { unique: true })
@Index('mcp_oauth_by_server', ['mcpServerId'])
@Index('mcp_oauth_by_url', ['organizationId', 'serverUrl'])
export class McpOauth {
  @PrimaryColumn(text) id: string;
  @ForeignKey(() => Organization, { onDelete: 'CASCADE' })
  @Column(text)
  organizationId: string;
  @Column(nullableText) userId: string | null;
  /** Null = the server is not kept (yet). */
  @ForeignKey(() => McpServerRow, { onDelete: 'CASCADE' })
  @Column(nullableText)
  mcpServerId: string | null;
  @Column(text) serverUrl: string;
  @Column(text) serverName: string;
  /** What the callback has to bring along, once. */
  @Column(text) state: string;
  /** pending | authorized | error */
  @Column(text) status: string;
  @Column(text) redirectUri: string;
  @Column(nullableText) authorizationUrl: string | null;
  @Column(nullableText) codeVerifier: string | null;
  @Column(nullableText) clientInformation: string | null;
  /** Where the authorization server was found. */
  @Column(nullableJson) discovery: unknown;
  @Column(nullableText) tokens: string | null;
  @Column(nullableTimestamp) expiresAt: Date | null;
  /** Why it has failed. */
  @Column(nullableText) error: string | null;
  @Column(createdNow) createdAt: Date;
  @Column(createdNow) updatedAt: Date;
}
