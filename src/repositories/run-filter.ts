import { createConditions } from './sql-conditions.js';
import type { Conditions } from './sql-conditions.js';

export interface RunFilter {
  readonly organizationId: string;
  readonly agentIds?: readonly string[] | undefined;
  readonly statuses?: readonly string[] | undefined;
  readonly background?: boolean | undefined;
  readonly stopReason?: string | undefined;
  readonly conversationId?: string | undefined;
  /** The client's otid of the first message. */
  readonly otid?: string | undefined;
  readonly ids?: readonly string[] | undefined;
  readonly startAt?: Date | undefined;
  readonly endAt?: Date | undefined;
  /** The base template of the runs' agents. */
  readonly templateFamily?: string | undefined;
  readonly projectId?: string | undefined;
  /** Runs that called any of these tools, by id. */
  readonly toolsUsed?: readonly string[] | undefined;
  readonly stepCount?: { readonly operator: 'eq' | 'gte' | 'lte'; readonly value: number } | undefined;
  readonly durationNs?: { readonly operator: 'gt' | 'lt' | 'eq'; readonly value: number } | undefined;
  /** From 0 to 100: runs that took at least as long as this share of all those of the same agents. */
  readonly durationPercentile?: number | undefined;
  /** Of the file source that a job loads, which no run does. */
  readonly sourceId?: string | undefined;
  /** The request of MCP that the runs' messages came with. */
  readonly mcpRequest?: string | undefined;
}

const operators = { eq: '=', gte: '>=', lte: '<=', gt: '>', lt: '<' } as const;

/** The conditions of a list of runs; `r` is the run, `a` its agent, `c` its conversation. */
export function runConditions(filter: RunFilter): Conditions {
  const conditions = createConditions();
  conditions.add('r.organization_id = $?', filter.organizationId);
  conditions.addIf(filter.agentIds, 'r.agent_id = any($?)');
  conditions.addIf(filter.statuses, 'r.status = any($?)');
  conditions.addIf(filter.background, 'r.background = $?');
  conditions.addIf(filter.stopReason, 'r.stop_reason = $?');
  conditions.addIf(filter.conversationId, "(r.conversation_id = $? or ($? = 'default' and c.is_default))");
  // Commands wait in the same queue, but are no runs.
  conditions.add('(r.command is null) = $?', true);
  conditions.addIf(filter.otid, 'r.otid = $?');
  conditions.addIf(filter.ids, 'r.id = any($?)');
  conditions.addIf(filter.startAt, 'r.created_at >= $?');
  conditions.addIf(filter.endAt, 'r.created_at <= $?');
  conditions.addIf(filter.templateFamily, 'coalesce(r.base_template_id, a.base_template_id) = $?');
  conditions.addIf(filter.projectId, 'a.project_id = $?');
  conditions.addIf(filter.toolsUsed, 'exists (select from tool_calls tc where tc.run_id = r.id and tc.tool_id = any($?))');
  conditions.addIf(filter.sourceId, "r.metadata ->> 'source_id' = $?");
  conditions.addIf(filter.mcpRequest, "r.metadata ->> 'mcp_request' = $?");
  const { stepCount, durationNs } = filter;
  if (stepCount !== undefined) {
    conditions.add(
      `(select count(*) from steps s where s.run_id = r.id and s.status <> 'pending') ${operators[stepCount.operator]} $?`,
      stepCount.value,
    );
  }
  if (durationNs !== undefined) conditions.add(`r.total_duration_ns ${operators[durationNs.operator]} $?`, durationNs.value);
  if (filter.durationPercentile !== undefined) addPercentile(conditions, filter, filter.durationPercentile);
  return conditions;
}

function addPercentile(conditions: Conditions, { organizationId, agentIds }: RunFilter, percentile: number): void {
  const agents = agentIds === undefined ? '' : ` and x.agent_id = any(${conditions.parameter(agentIds)})`;
  const runs = `from runs x where x.organization_id = ${conditions.parameter(organizationId)}${agents}`;
  conditions.add(
    `r.total_duration_ns >= (select percentile_cont($?::float8) within group (order by x.total_duration_ns) ${runs})`,
    percentile / 100,
  );
}
