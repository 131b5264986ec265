import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { createdNow, text } from './columns.js';
import { McpServerRow } from './mcp-server.entity.js';
import { Tool } from './tool.entity.js';

/** Which tool of which MCP server a tool is. */
@Entity('mcp_tools')
@Index('mcp_tools_name', ['mcpServerId', 'mcpName'], { unique: true })
export class McpTool {
  @ForeignKey(() => Tool, { onDelete: 'CASCADE' })
  @PrimaryColumn(text)
  toolId: string;
  @ForeignKey(() => McpServerRow, { onDelete: 'CASCADE' })
  @Column(text)
  mcpServerId: string;
  /** As the server names it; the tool's own name is one that models take. */
  @Column(text) mcpName: string;
  @Column(createdNow) createdAt: Date;
}
