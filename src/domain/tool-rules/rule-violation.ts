import { describeRule } from './describe-rule.js';
import { ruleConstraints } from './rule-constraints.js';
import type { RuleState } from './rule-constraints.js';
import type { RuleVerdict } from './solve-tool-rules.js';

/** What the model is told of a call that may not run now, with the rules that are in its way; null when it may. */
export function ruleViolation(state: RuleState, { allowed }: RuleVerdict, toolName: string): string | null {
  if (allowed.includes(toolName)) return null;
  const text = `[ToolConstraintError] Cannot call ${toolName}, valid tools include: [${allowed.join(', ')}].`;
  const broken = state.toolNames.includes(toolName)
    ? ruleConstraints(state)
        .filter(constraint => !constraint.admits(toolName))
        .flatMap(constraint => constraint.rules)
    : [];
  return [text, ...broken.map(rule => `- ${describeRule(rule)}`)].join('\n');
}
