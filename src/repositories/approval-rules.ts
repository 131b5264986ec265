/**
 * The rules that newly attached tools bring along, as an expression: for each of `toolIds` (a subquery) that needs approval by default and has no such
 * rule among `rules` yet.
 */
export function approvalRulesSql(rules: string, toolIds: string): string {
  const rule = `jsonb_build_object('type', 'requires_approval', 'toolName', t.name, 'promptTemplate', null)`;
  return `coalesce((select jsonb_agg(${rule} order by t.name) from tools t
    where t.id in (${toolIds}) and t.default_requires_approval
      and not ${rules} @> jsonb_build_array(jsonb_build_object('type', 'requires_approval', 'toolName', t.name))), '[]'::jsonb)`;
}
