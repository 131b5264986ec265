import type { z } from 'zod';
import {
  deleteRun,
  listActiveRuns,
  listInternalRuns,
  listMessagesForRun,
  listRuns,
  listStepsForRun,
  retrieveMetricsForRun,
  retrieveRun,
  retrieveStreamForRun,
  retrieveTraceForRun,
  retrieveUsageForRun,
  runStatus,
} from '../../../contract/runs.contract.js';
import type { RunStatus } from '../../../domain/agent-loop/stop-reason.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { MessageListRepository } from '../../../repositories/message-list.repository.js';
import type { ProviderTracesRepository } from '../../../repositories/provider-traces.repository.js';
import type { RunFilter } from '../../../repositories/run-filter.js';
import { openStatuses } from '../../../repositories/run-list.repository.js';
import type { RunListRepository, RunRecord } from '../../../repositories/run-list.repository.js';
import type { KeysetPage } from '../../../repositories/sql-conditions.js';
import type { StepListRepository } from '../../../repositories/step-list.repository.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentMessage } from '../../presenters/letta-messages.js';
import { presentTrace } from '../../presenters/provider-trace.js';
import { presentRun, presentRunMetrics, presentRunUsage } from '../../presenters/run.js';
import { presentStep } from '../../presenters/step.js';
import { streamRun } from '../../streams/stream-run.js';
import type { SseDeps } from '../../streams/stream-run.js';
import { presentationOfRun, storedStream } from '../messages/run-stream-request.js';
import { pageOf } from '../page.js';
import { queryInstant } from '../query-instant.js';

export interface RunRoutesDeps extends SseDeps {
  readonly runs: RunListRepository;
  readonly steps: StepListRepository;
  readonly messages: MessageListRepository;
  readonly traces: Pick<ProviderTracesRepository, 'ofRun' | 'ofStep'>;
}

export function runRoutes(deps: RunRoutesDeps): MountedRoute[] {
  const { runs } = deps;
  const find = async (id: string, context: RequestContext): Promise<RunRecord> => {
    const run = await runs.find(context.organizationId, id);
    if (run === null) throw notFound('Run', id);
    return run;
  };
  return [
    handleRoute(listRuns, async ({ query }, context) => {
      return (await runs.list(filterOf(query, context), runPage(query))).map(presentRun);
    }),
    handleRoute(listInternalRuns, async ({ query }, context) => {
      const filter = { ...filterOf(query, context), ...internalFilterOf(query) };
      const order = query.order_by === 'duration' ? 'total_duration_ns' : 'created_at';
      return (await runs.list(filter, runPage(query), order)).map(presentRun);
    }),
    handleRoute(listActiveRuns, async ({ query }, context) => {
      const agentIds = query.agent_id === undefined ? undefined : [query.agent_id];
      const filter = { organizationId: context.organizationId, agentIds, statuses: openStatuses, background: query.background };
      return (await runs.list(filter, { before: null, after: null, limit: 1000, ascending: false })).map(presentRun);
    }),
    handleRoute(retrieveRun, async ({ params }, context) => presentRun(await find(params.run_id, context))),
    handleRoute(deleteRun, async ({ params }, context) => {
      const outcome = await runs.delete(context.organizationId, params.run_id);
      if (outcome === 'missing') throw notFound('Run', params.run_id);
      if (outcome === 'open') throw new RequestError('conflict', `Run ${params.run_id} has not ended: cancel it first`);
      return null;
    }),
    handleRoute(retrieveMetricsForRun, async ({ params }, context) => {
      const metrics = await runs.metrics(context.organizationId, params.run_id);
      if (metrics === null) throw notFound('Run', params.run_id);
      return presentRunMetrics(metrics);
    }),
    handleRoute(retrieveTraceForRun, async ({ params, query }, context) => {
      await find(params.run_id, context);
      const traces = await deps.traces.ofRun(context.organizationId, params.run_id, query.limit);
      return traces.map(trace => presentTrace(trace, context.userId));
    }),
    handleRoute(retrieveUsageForRun, async ({ params }, context) => {
      await find(params.run_id, context);
      return presentRunUsage(await runs.usage(params.run_id));
    }),
    handleRoute(listStepsForRun, async ({ params, query }, context) => {
      await find(params.run_id, context);
      return (await deps.steps.list({ organizationId: context.organizationId, runId: params.run_id }, pageOf(query))).map(presentStep);
    }),
    handleRoute(listMessagesForRun, async ({ params, query }, context) => {
      const run = await find(params.run_id, context);
      const page = { before: query.before ?? null, after: query.after ?? null, limit: query.limit, newest: query.order === 'desc' };
      const messages = await deps.messages.list({ organizationId: context.organizationId, runId: run.id, withErrors: true }, page);
      const types = run.requestConfig?.includeReturnMessageTypes ?? null;
      const shown = messages.flatMap(message => presentMessage(message, presentationOfRun(run)));
      return types === null ? shown : shown.filter(message => types.includes(message.message_type));
    }),
    handleRoute(retrieveStreamForRun, async ({ params, body }, context) => {
      await streamRun(deps, storedStream(await find(params.run_id, context), body), context);
      return answered;
    }),
  ];
}

type RunQuery = z.output<typeof listRuns.query>;
type InternalRunQuery = z.output<typeof listInternalRuns.query>;

function filterOf(query: Omit<RunQuery, 'order_by'>, context: RequestContext): RunFilter {
  return {
    organizationId: context.organizationId,
    agentIds: query.agent_ids ?? (query.agent_id === undefined ? undefined : [query.agent_id]),
    statuses: wantedStatuses(query),
    background: query.background,
    stopReason: query.stop_reason,
    conversationId: query.conversation_id,
  };
}

function internalFilterOf(query: InternalRunQuery): Partial<RunFilter> {
  const { step_count: steps, duration_value: duration } = query;
  return {
    ids: query.run_id === undefined ? undefined : [query.run_id],
    templateFamily: query.template_family,
    projectId: query.project_id,
    toolsUsed: query.tools_used,
    stepCount: steps === undefined ? undefined : { operator: query.step_count_operator, value: steps },
    durationNs: duration === undefined ? undefined : { operator: query.duration_operator, value: duration },
    durationPercentile: query.duration_percentile,
    startAt: queryInstant(query.start_date, 'start_date'),
    endAt: queryInstant(query.end_date, 'end_date'),
  };
}

function runPage(query: Pick<RunQuery, 'before' | 'after' | 'limit' | 'order' | 'ascending'>): KeysetPage {
  return { ...pageOf(query), ascending: query.ascending ?? query.order === 'asc' };
}

function toStatus(word: string): RunStatus {
  const status = runStatus.safeParse(word);
  if (!status.success) throw new RequestError('invalid', `'${word}' is no status of a run: use ${runStatus.options.join(', ')}`);
  return status.data;
}

/** Both filters hold where both are given. */
function wantedStatuses({ active, statuses: words }: Pick<RunQuery, 'active' | 'statuses'>): readonly RunStatus[] | undefined {
  const statuses = words?.map(toStatus);
  if (!active) return statuses;
  return statuses === undefined ? openStatuses : openStatuses.filter(status => statuses.includes(status));
}
