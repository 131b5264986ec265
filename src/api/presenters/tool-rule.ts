import { assertNever } from '../../domain/assert-never.js';
import type { ToolRule } from '../../domain/tool-rules/tool-rule.js';

/** A rule with the members that V1 shows of its kind. */
export function presentToolRule(rule: ToolRule) {
  const base = { tool_name: rule.toolName, prompt_template: rule.promptTemplate };
  switch (rule.type) {
    case 'exit_loop':
    case 'continue_loop':
    case 'required_before_exit':
    case 'requires_approval':
      return { type: rule.type, ...base };
    case 'run_first':
      return { type: rule.type, ...base, args: rule.args };
    case 'constrain_child_tools':
      return { type: rule.type, ...base, children: rule.children, child_arg_nodes: rule.childArgNodes };
    case 'conditional':
      return {
        type: rule.type,
        ...base,
        child_output_mapping: rule.childOutputMapping,
        default_child: rule.defaultChild,
        require_output_mapping: rule.requireOutputMapping,
      };
    case 'parent_last_tool':
      return { type: rule.type, ...base, children: rule.children };
    case 'max_count_per_step':
      return { type: rule.type, ...base, max_count_limit: rule.maxCountLimit };
    default:
      return assertNever(rule);
  }
}
