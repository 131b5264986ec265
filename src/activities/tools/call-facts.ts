import type { CallFacts } from '../../domain/agent-loop/loop-types.js';
import type { ToolCall } from '../../domain/messages/content.js';
import { loopEffect, needsApproval } from '../../domain/tool-rules/loop-effect.js';
import { ruleViolation } from '../../domain/tool-rules/rule-violation.js';
import { builtinTool } from '../../domain/tools/builtin-tools.js';
import { parseArguments } from '../../domain/tools/parse-arguments.js';
import { executionOfKind } from '../../domain/tools/tool-kind.js';
import type { AttachedTool } from '../../repositories/attached-tools.js';
import { parametersOf } from './call-rules.js';
import type { CallRules } from './call-rules.js';
import { checkPrefilled } from './check-prefilled.js';

/** How long tools may take that name no limit of their own. */
export interface DefaultTimeouts {
  readonly toolMs: number;
  /** Of an MCP server: until a connection stands, and then the call. */
  readonly mcpMs: number;
}

/** What the workflow has to know of a call. One that may not run is run all the same: its return tells the model so. */
export function callFacts(call: ToolCall, index: number, rules: CallRules, timeouts: DefaultTimeouts): CallFacts {
  const refusal = refusalOf(rules, call.name);
  const tool = rules.tools.find(candidate => candidate.name === call.name);
  const runs = refusal.violation === null && refusal.invalidPrefill === null;
  return {
    index,
    toolName: call.name,
    ...(runs && tool !== undefined ? executionOf(tool, timeouts) : refusedExecution(timeouts.toolMs)),
    requestHeartbeat: parseArguments(call.arguments).requestsHeartbeat,
    effect: loopEffect(rules.state.rules, call.name),
    ...refusal,
    needsApproval: awaitsAnswer(rules, call.name),
  };
}

/** Whether the client has to allow the calls of a tool, or runs them itself. A call that a rule refuses is not put before it. */
export function awaitsAnswer(rules: CallRules, toolName: string): boolean {
  const asks = needsApproval(rules.state.rules, toolName) || rules.clientTools.some(tool => tool.name === toolName);
  if (!asks) return false;
  const { violation, invalidPrefill } = refusalOf(rules, toolName);
  return violation === null && invalidPrefill === null;
}

function refusalOf(rules: CallRules, toolName: string): Pick<CallFacts, 'violation' | 'invalidPrefill'> {
  const violation = ruleViolation(rules.state, rules.verdict, toolName);
  const prescribed = rules.verdict.prefilled.get(toolName);
  const parameters = parametersOf(rules, toolName);
  if (violation !== null || prescribed === undefined || parameters === null) return { violation, invalidPrefill: null };
  return { violation, invalidPrefill: checkPrefilled(prescribed, parameters) };
}

type Execution = Pick<CallFacts, 'execution' | 'retryClass' | 'timeoutMs' | 'parallel'>;

function executionOf(tool: AttachedTool, timeouts: DefaultTimeouts): Execution {
  return {
    execution: builtinTool(tool.name)?.execution ?? executionOfKind(tool),
    retryClass: tool.retryClass,
    timeoutMs: tool.timeoutMs ?? defaultTimeout(tool, timeouts),
    parallel: tool.enableParallelExecution,
  };
}

/** Of a tool that names no limit of its own, in ms. */
export function defaultTimeout({ toolType }: Pick<AttachedTool, 'toolType'>, { toolMs, mcpMs }: DefaultTimeouts): number {
  return toolType === 'external_mcp' ? Math.max(toolMs, mcpMs) : toolMs;
}

/** Nothing runs but the note of it. */
function refusedExecution(timeoutMs: number): Execution {
  return { execution: 'database', retryClass: 'always', timeoutMs, parallel: false };
}
