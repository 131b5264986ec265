import type { PastCall } from './past-call.js';
import { matchesOutput } from './matches-output.js';
import type { ConditionalRule, MaxCountPerStepRule, ParentLastToolRule, RunFirstRule, ToolRule } from './tool-rule.js';

/** What rules say at one moment of a run: which tools they let pass. */
export interface RuleConstraint {
  readonly rules: readonly ToolRule[];
  readonly admits: (toolName: string) => boolean;
}

export interface RuleState {
  readonly rules: readonly ToolRule[];
  /** The calls of the run so far, oldest first. */
  readonly history: readonly PastCall[];
  /** All tools that the model could be offered: those attached, and those of the client. */
  readonly toolNames: readonly string[];
}

/** Every constraint that holds now; a tool is allowed when all of them admit it. */
export function ruleConstraints(state: RuleState): readonly RuleConstraint[] {
  const first = pendingFirstRules(state);
  if (first.length > 0) return [{ rules: first, admits: name => first.some(rule => rule.toolName === name) }];
  return [...state.rules.flatMap(rule => constraintOf(rule, state)), ...parentConstraints(state)];
}

/** The rules that name the first tool of a run, as long as none has been called. Those whose tool is not there are no rules. */
export function pendingFirstRules({ rules, history, toolNames }: RuleState): readonly RunFirstRule[] {
  if (history.length > 0) return [];
  return rules.filter(rule => rule.type === 'run_first').filter(rule => toolNames.includes(rule.toolName));
}

function constraintOf(rule: ToolRule, { history }: RuleState): RuleConstraint[] {
  const last = history.at(-1);
  switch (rule.type) {
    case 'constrain_child_tools':
      return last?.toolName === rule.toolName ? [{ rules: [rule], admits: name => rule.children.includes(name) }] : [];
    case 'conditional':
      return last?.toolName === rule.toolName ? conditional(rule, last) : [];
    case 'max_count_per_step':
      return isUsedUp(rule, history) ? [{ rules: [rule], admits: name => name !== rule.toolName }] : [];
    default:
      return [];
  }
}

/** The child of the key that the output meets. A key that is the very text goes before those that mean the same. */
function conditional(rule: ConditionalRule, { output }: PastCall): RuleConstraint[] {
  const keys = Object.keys(rule.childOutputMapping);
  const key =
    output === null ? undefined : (keys.find(candidate => candidate === output) ?? keys.find(other => matchesOutput(other, output)));
  const child = key === undefined ? undefined : rule.childOutputMapping[key];
  if (child !== undefined) return [{ rules: [rule], admits: name => name === child }];
  if (rule.requireOutputMapping) return [{ rules: [rule], admits: () => false }];
  return rule.defaultChild === null ? [] : [{ rules: [rule], admits: name => name === rule.defaultChild }];
}

function isUsedUp(rule: MaxCountPerStepRule, history: readonly PastCall[]): boolean {
  return history.filter(call => call.toolName === rule.toolName).length >= rule.maxCountLimit;
}

/** Right after a parent its children only; at any other time none of them. A tool with several parents may follow each. */
function parentConstraints({ rules, history }: RuleState): RuleConstraint[] {
  const last = history.at(-1)?.toolName;
  const parents = rules.filter(rule => rule.type === 'parent_last_tool');
  const here = parents.filter(rule => rule.toolName === last);
  if (here.length > 0) return [{ rules: here, admits: name => isChild(here, name) }];
  return parents.map(rule => ({ rules: [rule], admits: name => !isChild([rule], name) }));
}

function isChild(rules: readonly ParentLastToolRule[], name: string): boolean {
  return rules.some(rule => rule.children.includes(name));
}
