import type { AgentType } from './agent-type.js';

/** Models that call tools well enough to do without the default rules. */
const modelsWithoutBaseRules = ['claude-4-sonnet', 'claude-3-5-sonnet', 'gpt-5', 'gemini-2.5-pro'];

export interface BaseToolRulesRequest {
  readonly agentType: AgentType;
  /** `include_base_tool_rules` of the request; null = not given. */
  readonly requested: boolean | null;
  readonly hasOwnToolRules: boolean;
  /** Model name without the provider. */
  readonly model: string;
}

/** Whether a new agent gets the default tool rules for its built-in tools. */
export function includesBaseToolRules({ agentType, requested, hasOwnToolRules, model }: BaseToolRulesRequest): boolean {
  if (requested !== null) return requested;
  if (agentType === 'letta_v1_agent' && !hasOwnToolRules) return false;
  if (agentType === 'sleeptime_agent') return true;
  return model.includes('mini') || !modelsWithoutBaseRules.some(name => model.includes(name));
}
