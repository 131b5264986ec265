import { assertNever } from '../assert-never.js';
import type { ToolRule } from './tool-rule.js';

/** A rule in one sentence, for the model. */
export function describeRule(rule: ToolRule): string {
  switch (rule.type) {
    case 'run_first':
      return `${rule.toolName} comes before any other tool`;
    case 'continue_loop':
      return `${rule.toolName} requires continuing your response when called`;
    case 'exit_loop':
      return `${rule.toolName} ends your response (yields control) when called`;
    case 'constrain_child_tools':
      return `After using ${rule.toolName}, you must use one of these tools: ${rule.children.join(', ')}`;
    case 'conditional':
      return `${rule.toolName} will determine which tool to use next based on its output`;
    case 'max_count_per_step':
      return `${rule.toolName}: at most ${rule.maxCountLimit} use(s) per response`;
    case 'parent_last_tool':
      return `${rule.children.join(', ')} can only be used after ${rule.toolName}`;
    case 'required_before_exit':
      return `${rule.toolName} has to be used before your response ends`;
    case 'requires_approval':
      return `${rule.toolName} is used only with the user's approval`;
    default:
      return assertNever(rule);
  }
}
