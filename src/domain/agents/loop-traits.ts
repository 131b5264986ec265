import type { LoopTraits } from '../agent-loop/loop-types.js';
import type { ToolRule } from '../tools/tool-rule.js';
import { agentTypeTraits, defaultAgentType, isAgentType } from './agent-type.js';

/** What of an agent's type and tool rules the loop needs. */
export function loopTraits(agentType: string, toolRules: readonly ToolRule[]): LoopTraits {
  const traits = agentTypeTraits(isAgentType(agentType) ? agentType : defaultAgentType);
  return {
    heartbeats: traits.requestsHeartbeats,
    exitTools: toolRules.filter(rule => rule.type === 'exit_loop').map(rule => rule.toolName),
    continueTools: toolRules.filter(rule => rule.type === 'continue_loop').map(rule => rule.toolName),
  };
}
