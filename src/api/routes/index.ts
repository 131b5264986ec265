import type { MountedRoute } from '../mount-route.js';
import { agentRoutes } from './agents/agent-routes.js';
import type { CreateAgentDeps } from './agents/create-agent.js';
import { eventRoutes } from './agents/event-routes.js';
import type { EventRoutesDeps } from './agents/event-routes.js';
import { lifecycleRoutes } from './agents/lifecycle-routes.js';
import type { LifecycleRoutesDeps } from './agents/lifecycle-routes.js';
import { archivalRoutes } from './archival/archival-routes.js';
import { archiveRoutes } from './archival/archive-routes.js';
import { passageSearchRoute } from './archival/passage-search-route.js';
import { approvalRoutes } from './approvals/approval-routes.js';
import type { ApprovalRoutesDeps } from './approvals/approval-routes.js';
import type { ArchivalRoutesDeps } from './archival/archival-routes.js';
import { blockHistoryRoutes } from './blocks/block-history-routes.js';
import type { BlockHistoryRoutesDeps } from './blocks/block-history-routes.js';
import { blockRoutes } from './blocks/block-routes.js';
import type { BlockRoutesDeps } from './blocks/block-routes.js';
import { coreMemoryRoutes } from './blocks/core-memory-routes.js';
import { chatRoutes } from './chat/chat-routes.js';
import { compactionRoutes } from './conversations/compaction-routes.js';
import type { CompactionRoutesDeps } from './conversations/compaction-routes.js';
import { contextRoutes } from './conversations/context-routes.js';
import type { ContextRoutesDeps } from './conversations/context-routes.js';
import { conversationRoutes } from './conversations/conversation-routes.js';
import type { ConversationRoutesDeps } from './conversations/conversation-routes.js';
import { agentFileRoutes } from './folders/agent-file-routes.js';
import type { AgentFileRoutesDeps } from './folders/agent-file-routes.js';
import { agentFolderRoutes } from './folders/agent-folder-routes.js';
import type { AgentFolderRoutesDeps } from './folders/agent-folder-routes.js';
import { folderRoutes } from './folders/folder-routes.js';
import type { FolderRoutesDeps } from './folders/folder-routes.js';
import { generateRoutes } from './generate/generate-routes.js';
import type { GenerateRoutesDeps } from './generate/generate-routes.js';
import { identityRoutes } from './identities/identity-routes.js';
import type { IdentityRoutesDeps } from './identities/identity-routes.js';
import { purgeRoute } from './jobs/purge-route.js';
import type { PurgeRouteDeps } from './jobs/purge-route.js';
import { jobRoutes } from './jobs/job-routes.js';
import type { JobRoutesDeps } from './jobs/job-routes.js';
import { mcpConnectRoutes } from './mcp/mcp-connect-routes.js';
import type { McpConnectRoutesDeps } from './mcp/mcp-connect-routes.js';
import { mcpLegacyRoutes } from './mcp/mcp-legacy-routes.js';
import { mcpRunRoutes } from './mcp/mcp-run-routes.js';
import type { McpRunRoutesDeps } from './mcp/mcp-run-routes.js';
import { mcpServerRoutes } from './mcp/mcp-server-routes.js';
import { messageRoutes } from './messages/message-routes.js';
import type { MessageRoutesDeps } from './messages/message-routes.js';
import { messageSearchRoutes } from './messages/message-search-routes.js';
import type { MessageSearchRoutesDeps } from './messages/message-search-routes.js';
import { previewRoutes } from './messages/preview-routes.js';
import type { PreviewRoutesDeps } from './messages/preview-routes.js';
import { modelRoutes } from './models/model-routes.js';
import type { ModelRoutesDeps } from './models/model-routes.js';
import { queueRoutes } from './queue/queue-routes.js';
import type { QueueRoutesDeps } from './queue/queue-routes.js';
import { retentionRoutes } from './retention/retention-routes.js';
import type { RetentionRoutesDeps } from './retention/retention-routes.js';
import { runRoutes } from './runs/run-routes.js';
import type { RunRoutesDeps } from './runs/run-routes.js';
import { stepRoutes } from './steps/step-routes.js';
import { temporalCodecRoutes } from './temporal-codec/temporal-codec-routes.js';
import type { TemporalCodecRoutesDeps } from './temporal-codec/temporal-codec-routes.js';
import { toolRunRoutes } from './tools/tool-run-routes.js';
import type { ToolRunRoutesDeps } from './tools/tool-run-routes.js';
import { openApiRoutes } from './tools/openapi-routes.js';
import type { OpenApiRoutesDeps } from './tools/openapi-routes.js';
import { restToolRoutes } from './tools/rest-tool-routes.js';
import type { RestToolRoutesDeps } from './tools/rest-tool-routes.js';
import { toolUndoRoute } from './tools/tool-undo-route.js';
import { toolRoutes } from './tools/tool-routes.js';
import type { ToolRoutesDeps } from './tools/tool-routes.js';
import { toolWriteRoutes } from './tools/tool-write-routes.js';
import type { ToolWriteRoutesDeps } from './tools/tool-write-routes.js';
import { websocketRoute } from './websocket-route.js';

export type RouteDeps = LifecycleRoutesDeps &
  EventRoutesDeps &
  QueueRoutesDeps &
  CreateAgentDeps &
  ApprovalRoutesDeps &
  ArchivalRoutesDeps &
  BlockHistoryRoutesDeps &
  BlockRoutesDeps &
  CompactionRoutesDeps &
  ContextRoutesDeps &
  ConversationRoutesDeps &
  AgentFileRoutesDeps &
  AgentFolderRoutesDeps &
  FolderRoutesDeps &
  GenerateRoutesDeps &
  IdentityRoutesDeps &
  McpConnectRoutesDeps &
  McpRunRoutesDeps &
  MessageRoutesDeps &
  MessageSearchRoutesDeps &
  PreviewRoutesDeps &
  ModelRoutesDeps &
  JobRoutesDeps &
  PurgeRouteDeps &
  RetentionRoutesDeps &
  RestToolRoutesDeps &
  OpenApiRoutesDeps &
  RunRoutesDeps &
  ToolRoutesDeps &
  ToolRunRoutesDeps &
  ToolWriteRoutesDeps &
  TemporalCodecRoutesDeps;

/** All operations of the API. */
export function apiRoutes(deps: RouteDeps): MountedRoute[] {
  return [
    ...agentRoutes(deps),
    ...eventRoutes(deps),
    ...lifecycleRoutes(deps),
    ...blockRoutes(deps),
    ...blockHistoryRoutes(deps),
    ...coreMemoryRoutes(deps),
    ...identityRoutes(deps),
    toolUndoRoute(deps),
    ...toolRoutes(deps),
    ...toolRunRoutes(deps),
    ...toolWriteRoutes(deps),
    ...restToolRoutes(deps),
    ...openApiRoutes(deps),
    ...mcpServerRoutes(deps),
    ...mcpLegacyRoutes(deps),
    ...mcpRunRoutes(deps),
    ...mcpConnectRoutes(deps),
    ...messageRoutes(deps),
    ...messageSearchRoutes(deps),
    ...previewRoutes(deps),
    ...queueRoutes(deps),
    ...conversationRoutes(deps),
    ...contextRoutes(deps),
    ...compactionRoutes(deps),
    ...folderRoutes(deps),
    ...agentFolderRoutes(deps),
    ...agentFileRoutes(deps),
    ...generateRoutes(deps),
    ...runRoutes(deps),
    ...jobRoutes(deps),
    purgeRoute(deps),
    ...retentionRoutes(deps),
    ...stepRoutes(deps),
    ...approvalRoutes(deps),
    ...archivalRoutes(deps),
    ...archiveRoutes(deps),
    passageSearchRoute(deps),
    ...modelRoutes(deps),
    ...temporalCodecRoutes(deps),
    ...chatRoutes(deps),
    websocketRoute(),
  ];
}
