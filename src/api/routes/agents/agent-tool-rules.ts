import type { ToolRuleBody } from '../../../contract/tool-rules.contract.js';
import { assertNever } from '../../../domain/assert-never.js';
import type { ToolRule } from '../../../domain/tool-rules/tool-rule.js';
import { uniqueRules } from '../../../domain/tool-rules/unique-rules.js';

/** The rules of a request, without doubles. */
export function toToolRules(rules: readonly ToolRuleBody[]): readonly ToolRule[] {
  return uniqueRules(rules.map(toToolRule));
}

function toToolRule(rule: ToolRuleBody): ToolRule {
  const base = { toolName: rule.tool_name, promptTemplate: rule.prompt_template ?? null };
  switch (rule.type) {
    case 'exit_loop':
    case 'continue_loop':
    case 'required_before_exit':
    case 'requires_approval':
      return { type: rule.type, ...base };
    case 'run_first':
      return { type: rule.type, ...base, args: rule.args ?? null };
    case 'constrain_child_tools': {
      const childArgNodes = rule.child_arg_nodes?.map(node => ({ name: node.name, args: node.args ?? null })) ?? null;
      return { type: rule.type, ...base, children: rule.children, childArgNodes };
    }
    case 'conditional':
      return {
        type: rule.type,
        ...base,
        childOutputMapping: rule.child_output_mapping,
        defaultChild: rule.default_child ?? null,
        requireOutputMapping: rule.require_output_mapping,
      };
    case 'parent_last_tool':
      return { type: rule.type, ...base, children: rule.children };
    case 'max_count_per_step':
      return { type: rule.type, ...base, maxCountLimit: rule.max_count_limit };
    default:
      return assertNever(rule);
  }
}
