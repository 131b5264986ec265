import { prefilledArguments } from './prefilled-arguments.js';
import type { PrefilledArguments } from './prefilled-arguments.js';
import { pendingFirstRules, ruleConstraints } from './rule-constraints.js';
import type { RuleState } from './rule-constraints.js';

/** What the rules of an agent say about the next step of its run. */
export interface RuleVerdict {
  /** The tools that may be called, in the order in which they were given. */
  readonly allowed: readonly string[];
  /** One of them has to be called now. */
  readonly forced: boolean;
  /** Arguments that a rule prescribes, by tool. */
  readonly prefilled: ReadonlyMap<string, PrefilledArguments>;
  /** Tools that have to be called before the run may end and were not yet, in the order of the rules. */
  readonly uncalledRequired: readonly string[];
}

/** Decides what may be called next. Rules that leave nothing at all bind nobody: then every tool is offered, and none is forced. */
export function solveToolRules(state: RuleState): RuleVerdict {
  const constraints = ruleConstraints(state);
  const admitted = state.toolNames.filter(name => constraints.every(constraint => constraint.admits(name)));
  return {
    allowed: admitted.length > 0 ? admitted : state.toolNames,
    forced: admitted.length > 0 && (pendingFirstRules(state).length > 0 || namesSuccessor(state)),
    prefilled: prefilledArguments(state),
    uncalledRequired: uncalledRequired(state),
  };
}

/** Whether the last call was of a tool whose rules say what follows it. */
function namesSuccessor({ rules, history }: RuleState): boolean {
  const last = history.at(-1)?.toolName;
  return rules.some(
    rule =>
      rule.toolName === last && (rule.type === 'constrain_child_tools' || rule.type === 'conditional' || rule.type === 'parent_last_tool'),
  );
}

/** What is not attached cannot be called, so it is not waited for. */
function uncalledRequired({ rules, history, toolNames }: RuleState): readonly string[] {
  const called = new Set(history.map(call => call.toolName));
  const required = rules.filter(rule => rule.type === 'required_before_exit').map(rule => rule.toolName);
  return [...new Set(required)].filter(name => toolNames.includes(name) && !called.has(name));
}
