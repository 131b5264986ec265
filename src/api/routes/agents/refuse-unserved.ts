import type { CreateAgentBody, UpdateAgentBody } from '../../../contract/agents.contract.js';
import { agentTypeTraits } from '../../../domain/agents/agent-type.js';
import { notServed, RequestError } from '../../../domain/errors.js';

/** Members whose features are not built: a request that uses one is refused by its name rather than half obeyed. */
const unservedMembers = [
  'enable_sleeptime',
  'include_default_source',
  'include_multi_agent_tools',
  'from_template',
  'template',
  'memory_variables',
] as const;

export function refuseUnserved(body: CreateAgentBody | UpdateAgentBody): void {
  const members: Readonly<Record<string, unknown>> = { ...body };
  for (const name of unservedMembers) {
    if (isUsed(members[name])) throw notServed(`The field '${name}'`);
  }
}

export function refuseUnservedType(agentType: CreateAgentBody['agent_type']): void {
  if (agentType === 'voice_convo_agent' || agentType === 'voice_sleeptime_agent' || agentType === 'split_thread_agent') {
    throw notServed(`The field 'agent_type' with '${agentType}'`);
  }
  if (!agentTypeTraits(agentType).isSupported) throw new RequestError('invalid', `Unsupported agent type: ${agentType}`);
}

/** Empty values ask for nothing. */
function isUsed(value: unknown): boolean {
  if (value === undefined || value === null || value === false || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}
