import type { LoopTraits } from '../agent-loop/loop-types.js';
import { agentTypeTraits, defaultAgentType, isAgentType } from './agent-type.js';

/** What of an agent's type the loop needs. */
export function loopTraits(agentType: string): LoopTraits {
  const traits = agentTypeTraits(isAgentType(agentType) ? agentType : defaultAgentType);
  return { heartbeats: traits.requestsHeartbeats };
}
