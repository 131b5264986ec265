import { describeRule } from '../tool-rules/describe-rule.js';
import type { ToolRule } from '../tool-rules/tool-rule.js';

/** As in V1 the model is not told of what it has no say in: which tool it is made to call first or before the end, and who has to approve. */
const hidden: readonly ToolRule['type'][] = ['run_first', 'required_before_exit', 'requires_approval'];

/** What the model is told of the rules about its tools; empty when no rule shows. */
export function compileToolRules(rules: readonly ToolRule[]): string {
  const lines = rules.filter(rule => !hidden.includes(rule.type)).map(describeRule);
  if (lines.length === 0) return '';
  const rendered = lines.map(line => `<tool_rule>\n${line}\n</tool_rule>`).join('\n');
  return `<tool_usage_rules>\nYour tools come with rules. A call that breaks one of them is refused.\n\n${rendered}\n</tool_usage_rules>`;
}
