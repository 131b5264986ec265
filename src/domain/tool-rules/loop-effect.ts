import type { ToolRule } from './tool-rule.js';

/** What a tool's rules make of the loop once it has been called. */
export type LoopEffect = 'ends' | 'continues' | 'none';

/** An end goes before everything else that rules say of the same tool. */
export function loopEffect(rules: readonly ToolRule[], toolName: string): LoopEffect {
  const types = rules.filter(rule => rule.toolName === toolName).map(rule => rule.type);
  if (types.includes('exit_loop')) return 'ends';
  return types.some(type => type === 'continue_loop' || type === 'constrain_child_tools' || type === 'conditional') ? 'continues' : 'none';
}

/** The tools that end the loop. */
export function exitTools(rules: readonly ToolRule[]): readonly string[] {
  return rules.filter(rule => rule.type === 'exit_loop').map(rule => rule.toolName);
}

export function needsApproval(rules: readonly ToolRule[], toolName: string): boolean {
  return rules.some(rule => rule.type === 'requires_approval' && rule.toolName === toolName);
}

/** Rules tell one call from the next, so a response may hold several only where none does. An approval concerns each call by itself. */
export function allowsParallelCalls(rules: readonly ToolRule[]): boolean {
  return rules.every(rule => rule.type === 'requires_approval');
}
