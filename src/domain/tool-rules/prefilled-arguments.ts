import { pendingFirstRules } from './rule-constraints.js';
import type { RuleState } from './rule-constraints.js';

/** Arguments that a rule prescribes for a tool: they go before those of the model. */
export interface PrefilledArguments {
  readonly args: Readonly<Record<string, unknown>>;
  /** The rule that they come from, for whoever has to mend it. */
  readonly source: string;
}

/** The arguments that the rules of this moment prescribe, by tool. Of two rules the later one wins. */
export function prefilledArguments(state: RuleState): ReadonlyMap<string, PrefilledArguments> {
  const prefilled = new Map<string, PrefilledArguments>();
  const add = (name: string, args: Readonly<Record<string, unknown>> | null, source: string): void => {
    if (args !== null && Object.keys(args).length > 0) prefilled.set(name, { args, source });
  };
  const first = pendingFirstRules(state);
  for (const rule of first) add(rule.toolName, rule.args, 'run_first');
  if (first.length > 0) return prefilled;
  const last = state.history.at(-1)?.toolName;
  for (const rule of state.rules) {
    if (rule.type !== 'constrain_child_tools' || rule.toolName !== last) continue;
    for (const node of rule.childArgNodes ?? []) add(node.name, node.args, `constrain_child_tools of ${rule.toolName}`);
  }
  return prefilled;
}
