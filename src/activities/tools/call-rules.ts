import type { ToolSchema } from '../../domain/model/language-model.js';
import type { PastCall } from '../../domain/tool-rules/past-call.js';
import type { RuleState } from '../../domain/tool-rules/rule-constraints.js';
import { solveToolRules } from '../../domain/tool-rules/solve-tool-rules.js';
import type { RuleVerdict } from '../../domain/tool-rules/solve-tool-rules.js';
import type { ToolRule } from '../../domain/tool-rules/tool-rule.js';
import type { AttachedTool } from '../../repositories/attached-tools.js';

/** What the calls of one response are judged by. */
export interface CallRules {
  readonly state: RuleState;
  readonly verdict: RuleVerdict;
  readonly tools: readonly AttachedTool[];
  readonly clientTools: readonly ToolSchema[];
}

export interface CallRulesInput {
  readonly toolRules: readonly ToolRule[];
  readonly history: readonly PastCall[];
  readonly tools: readonly AttachedTool[];
  readonly clientTools: readonly ToolSchema[];
}

/** The same rows give the same rules, whoever reads them. */
export function callRules({ toolRules, history, tools, clientTools }: CallRulesInput): CallRules {
  const toolNames = [...new Set([...tools, ...clientTools].map(tool => tool.name))];
  const state = { rules: toolRules, history, toolNames };
  return { state, verdict: solveToolRules(state), tools, clientTools };
}

/** The parameters of a tool; a client's tool stands in the place of the attached one of its name. Null = there is no such tool. */
export function parametersOf({ tools, clientTools }: CallRules, toolName: string): Readonly<Record<string, unknown>> | null {
  const own = clientTools.find(tool => tool.name === toolName);
  if (own !== undefined) return own.parameters;
  const tool = tools.find(candidate => candidate.name === toolName);
  return tool === undefined ? null : (tool.jsonSchema.parameters ?? {});
}
