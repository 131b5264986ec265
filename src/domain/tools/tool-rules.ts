import { isBuiltinToolName } from './builtin-tool.js';
import type { ToolRule } from './tool-rule.js';

const exitTools: readonly string[] = ['send_message', 'send_message_to_agent_async', 'memory_finish_edits'];

/** Whether the loop obeys rules of this type; an agent with another rule cannot be created (501). */
export function isSupportedRule(rule: Pick<ToolRule, 'type'>): boolean {
  return rule.type === 'exit_loop' || rule.type === 'continue_loop';
}

/** What the rules say about going on after a call of this tool; null = nothing. Leaving wins over going on. */
export function afterToolCall(rules: readonly ToolRule[], toolName: string): 'exit' | 'continue' | null {
  const own = rules.filter(rule => rule.toolName === toolName);
  if (own.some(rule => rule.type === 'exit_loop')) return 'exit';
  return own.some(rule => rule.type === 'continue_loop') ? 'continue' : null;
}

/** The rules that built-in tools bring along: the ones that speak or finish end the loop, the others continue it. */
export function baseToolRules(toolNames: readonly string[]): readonly ToolRule[] {
  return toolNames.flatMap((toolName): ToolRule[] => {
    if (exitTools.includes(toolName)) return [{ type: 'exit_loop', toolName, promptTemplate: null }];
    return isBuiltinToolName(toolName) ? [{ type: 'continue_loop', toolName, promptTemplate: null }] : [];
  });
}

/** Both lists in order, without repetitions; two rules that differ in their prompt template alone are the same. */
export function mergeToolRules(first: readonly ToolRule[], second: readonly ToolRule[]): readonly ToolRule[] {
  const seen = new Set<string>();
  return [...first, ...second].filter(rule => {
    const key = canonical({ ...rule, promptTemplate: null });
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** JSON with sorted keys: the stored form of a rule does not promise an order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonical(entry)}`).join(',')}}`;
}
