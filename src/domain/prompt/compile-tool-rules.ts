import type { ToolRule } from '../tools/tool-rule.js';

/** What the model is told of the rules about its tools; empty when no rule shows. */
export function compileToolRules(rules: readonly ToolRule[]): string {
  const lines = rules.flatMap(describe);
  if (lines.length === 0) return '';
  const rendered = lines.map(line => `<tool_rule>\n${line}\n</tool_rule>`).join('\n');
  return `<tool_usage_rules>\nYour tools come with rules. A call that breaks one of them is refused.\n\n${rendered}\n</tool_usage_rules>`;
}

function describe(rule: ToolRule): string[] {
  switch (rule.type) {
    case 'continue_loop':
      return [`${rule.toolName} requires continuing your response when called`];
    case 'exit_loop':
      return [`${rule.toolName} ends your response (yields control) when called`];
    case 'constrain_child_tools':
      return [`After using ${rule.toolName}, you must use one of these tools: ${rule.children.join(', ')}`];
    case 'conditional':
      return [`${rule.toolName} will determine which tool to use next based on its output`];
    case 'max_count_per_step':
      return [`${rule.toolName}: at most ${rule.maxCountLimit} use(s) per response`];
    case 'parent_last_tool':
      return [`${rule.children.join(', ')} can only be used after ${rule.toolName}`];
    default:
      return [];
  }
}
