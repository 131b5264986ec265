import { isBuiltinToolName } from '../tools/builtin-tool.js';
import type { RequiresApprovalRule, ToolRule } from './tool-rule.js';

const defaultExitTools: readonly string[] = ['send_message', 'memory_finish_edits'];

/** V1's rules for built-in tools: those that speak or finish end the turn, all others are followed by another step. */
export function defaultToolRules(toolNames: readonly string[]): readonly ToolRule[] {
  return toolNames.filter(isBuiltinToolName).map(toolName => ({
    type: defaultExitTools.includes(toolName) ? 'exit_loop' : 'continue_loop',
    toolName,
    promptTemplate: null,
  }));
}

/** What a tool gets that needs approval by default, as soon as it is attached. */
export function approvalRule(toolName: string): RequiresApprovalRule {
  return { type: 'requires_approval', toolName, promptTemplate: null };
}
