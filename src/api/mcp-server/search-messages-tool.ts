import { z } from 'zod';
import { searchText } from '../../domain/messages/search-text.js';
import { searchStoredMessages } from '../routes/messages/search-stored-messages.js';
import type { StoredMessageSearchDeps } from '../routes/messages/search-stored-messages.js';
import { agentId } from './agent-tools.js';
import { defineMcpTool } from './mcp-tool.js';
import type { McpTool } from './mcp-tool.js';

export function searchMessagesTool(deps: StoredMessageSearchDeps): McpTool {
  return defineMcpTool({
    name: 'search_messages',
    description: 'Searches what agents and people have said to each other, by meaning and by words.',
    isReadOnly: true,
    input: z.strictObject({
      query: z.string().min(1),
      agent_id: agentId.optional().describe('Only the messages of this agent.'),
      conversation_id: z.string().optional().describe('Only the messages of this conversation.'),
      start_date: z.string().optional().describe('Only messages from this moment on, ISO 8601.'),
      end_date: z.string().optional().describe('Only messages up to this moment, ISO 8601.'),
      search_mode: z.enum(['vector', 'fts', 'hybrid']).default('hybrid'),
      limit: z.number().int().min(1).max(100).default(10),
    }),
    async run(question, caller) {
      const { found, degraded } = await searchStoredMessages(deps, { ...question, roles: ['user', 'assistant'] }, caller);
      const messages = found.map(({ message, score }) => ({
        id: message.id,
        agent_id: message.agentId,
        role: message.role,
        text: searchText(message),
        created_at: message.createdAt,
        score,
      }));
      return { data: { messages, ...(degraded ? { degraded: true } : {}) } };
    },
  });
}
