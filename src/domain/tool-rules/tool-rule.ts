interface RuleBase {
  readonly toolName: string;
  /** Kept for the API only. */
  readonly promptTemplate: string | null;
}

/** These tools come first in a run, before any other. */
export interface RunFirstRule extends RuleBase {
  readonly type: 'run_first';
  readonly args: Readonly<Record<string, unknown>> | null;
}

export interface ExitLoopRule extends RuleBase {
  readonly type: 'exit_loop';
}

export interface ContinueLoopRule extends RuleBase {
  readonly type: 'continue_loop';
}

export interface ChildToolNode {
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>> | null;
}

/** After the tool, only its children are allowed. */
export interface ConstrainChildToolsRule extends RuleBase {
  readonly type: 'constrain_child_tools';
  readonly children: readonly string[];
  readonly childArgNodes: readonly ChildToolNode[] | null;
}

/** The tool's output chooses the next tool. */
export interface ConditionalRule extends RuleBase {
  readonly type: 'conditional';
  readonly childOutputMapping: Readonly<Record<string, string>>;
  readonly defaultChild: string | null;
  readonly requireOutputMapping: boolean;
}

/** The children are allowed only directly after the tool. */
export interface ParentLastToolRule extends RuleBase {
  readonly type: 'parent_last_tool';
  readonly children: readonly string[];
}

export interface MaxCountPerStepRule extends RuleBase {
  readonly type: 'max_count_per_step';
  readonly maxCountLimit: number;
}

export interface RequiredBeforeExitRule extends RuleBase {
  readonly type: 'required_before_exit';
}

export interface RequiresApprovalRule extends RuleBase {
  readonly type: 'requires_approval';
}

/** One rule of an agent about the order or the end of its tool calls; stored in `agents.tool_rules`. */
export type ToolRule =
  | RunFirstRule
  | ExitLoopRule
  | ContinueLoopRule
  | ConstrainChildToolsRule
  | ConditionalRule
  | ParentLastToolRule
  | MaxCountPerStepRule
  | RequiredBeforeExitRule
  | RequiresApprovalRule;
