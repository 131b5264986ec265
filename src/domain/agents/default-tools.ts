import type { BuiltinToolName } from '../tools/builtin-tool.js';
import { agentTypeTraits } from './agent-type.js';
import type { AgentType } from './agent-type.js';

const sleeptimePartnerTools: readonly BuiltinToolName[] = ['send_message', 'conversation_search', 'archival_memory_search'];

export interface ToolNamesRequest {
  readonly agentType: AgentType;
  /** Names that the request asks for. */
  readonly requested: readonly string[];
  readonly includeBaseTools: boolean;
  readonly enableSleeptime: boolean;
}

/** The names of the tools that a new agent gets, without doubles: those asked for, then its kind's own. */
export function toolNamesForNewAgent(request: ToolNamesRequest): readonly string[] {
  const traits = agentTypeTraits(request.agentType);
  const hasForegroundRole = request.enableSleeptime && request.agentType !== 'sleeptime_agent';
  const defaults = hasForegroundRole ? sleeptimePartnerTools : traits.defaultTools;
  // An agent with a sleep-time partner keeps send_message: V1 looks at that flag before it looks at the kind.
  const refused: readonly string[] = hasForegroundRole && request.includeBaseTools ? [] : traits.refusedTools;
  const names = [...request.requested, ...(request.includeBaseTools ? defaults : [])];
  return [...new Set(names)].filter(name => !refused.includes(name));
}
