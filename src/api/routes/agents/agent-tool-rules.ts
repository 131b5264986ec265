import type { ToolRuleBody } from '../../../contract/model-config.contract.js';
import { isBuiltinToolName } from '../../../domain/tools/builtin-tool.js';
import type { ToolRule } from '../../../domain/tools/tool-rule.js';

const exitTools: readonly string[] = ['send_message', 'memory_finish_edits'];

/** V1's rules for built-in tools: those that speak or finish end the turn, all others are followed by another step. */
export function defaultRulesFor(toolNames: readonly string[]): ToolRule[] {
  return toolNames.filter(isBuiltinToolName).map(toolName => ({
    type: exitTools.includes(toolName) ? 'exit_loop' : 'continue_loop',
    toolName,
    promptTemplate: null,
  }));
}

/** Of the two kinds that are served; the others have been refused before. */
export function toToolRule(rule: ToolRuleBody): ToolRule {
  return {
    type: rule.type === 'requires_approval' ? 'requires_approval' : rule.type === 'continue_loop' ? 'continue_loop' : 'exit_loop',
    toolName: rule.tool_name,
    promptTemplate: rule.prompt_template ?? null,
  };
}
