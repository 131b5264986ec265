import { z } from 'zod';
import { pathId } from '../../contract/fields.js';
import { RequestError } from '../../domain/errors.js';
import { noParts } from '../../repositories/agent-record.js';
import type { AgentRecord } from '../../repositories/agent-record.js';
import type { AgentsRepository } from '../../repositories/agents.repository.js';
import { defineMcpTool } from './mcp-tool.js';
import type { McpTool } from './mcp-tool.js';

export interface AgentToolsDeps {
  readonly agents: AgentsRepository;
}

export const agentId = pathId('agent').describe('Id of an agent, as list_agents tells it.');

/** The tools that say which agents there are. */
export function agentTools({ agents }: AgentToolsDeps): McpTool[] {
  return [
    defineMcpTool({
      name: 'list_agents',
      description: 'Lists the agents of this server, those first that were made last.',
      isReadOnly: true,
      input: z.strictObject({
        name: z.string().optional().describe('Only agents of this name.'),
        tags: z.array(z.string()).optional().describe('Only agents that have one of these tags.'),
        query: z.string().optional().describe('Only agents whose name has this text in it.'),
        after: z.string().optional().describe('Goes on behind the agent of this id.'),
        limit: z.number().int().min(1).max(100).default(20),
      }),
      async run({ name, tags, query, after, limit }, { organizationId }) {
        const page = { before: null, after: after ?? null, limit, ascending: false };
        const found = await agents.list({ organizationId, name, tags, queryText: query }, 'created_at', page, noParts);
        return { data: { agents: found.map(presentBriefly) } };
      },
    }),
    defineMcpTool({
      name: 'get_agent',
      description: 'Tells of one agent: what it is told of itself, its tools and the blocks of its memory.',
      isReadOnly: true,
      input: z.strictObject({ agent_id: agentId }),
      async run({ agent_id: id }, { organizationId }) {
        const agent = await agents.find(organizationId, id);
        if (agent === null) throw new RequestError('not-found', 'Agent not found');
        const blocks = agent.blocks.map(({ label, description, limit }) => ({ label, description, limit }));
        const tools = agent.tools.map(tool => ({ name: tool.name, description: tool.description }));
        return { data: { ...presentBriefly(agent), system: agent.system, timezone: agent.timezone, tags: agent.tags, tools, blocks } };
      },
    }),
  ];
}

/** Without what only its operator has to know. */
function presentBriefly(agent: AgentRecord) {
  return {
    id: agent.id,
    name: agent.name,
    description: agent.description,
    agent_type: agent.agentType,
    model: agent.llmConfig.handle,
    state: agent.lifecycleState,
    created_at: agent.createdAt,
  };
}
