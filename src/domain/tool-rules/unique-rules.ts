import type { ToolRule } from './tool-rule.js';

/** The rules without those that say what an earlier one says. The prompt template says nothing, nor does the order of children. */
export function uniqueRules(rules: readonly ToolRule[]): readonly ToolRule[] {
  const seen = new Set<string>();
  return rules.filter(rule => {
    const key = keyOf(rule);
    const isNew = !seen.has(key);
    seen.add(key);
    return isNew;
  });
}

function keyOf(rule: ToolRule): string {
  const children = 'children' in rule ? { children: rule.children.toSorted() } : {};
  return canonical({ ...rule, ...children, promptTemplate: null });
}

/** JSON with the members of each object in the order of their names: the database keeps no other. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
