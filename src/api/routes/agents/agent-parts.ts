import type { AgentListQuery } from '../../../contract/agents.contract.js';
import type { AgentParts } from '../../../repositories/agent-record.js';

/** The old names of the parts and the new ones. */
export function partsOf(query: Pick<AgentListQuery, 'include' | 'include_relationships'>): AgentParts {
  const old = query.include_relationships ?? [];
  return {
    blocks: query.include.includes('agent.blocks') || old.includes('memory') || old.includes('blocks'),
    tools: query.include.includes('agent.tools') || old.includes('tools'),
    identities: query.include.includes('agent.identities') || old.includes('identity_ids') || old.includes('identities'),
    folders: query.include.includes('agent.sources') || old.includes('sources'),
    secrets: query.include.includes('agent.secrets') || old.includes('tool_exec_environment_variables') || old.includes('secrets'),
    tags: query.include.includes('agent.tags') || old.includes('tags'),
  };
}
