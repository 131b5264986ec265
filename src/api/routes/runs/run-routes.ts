import {
  deleteRun,
  listActiveRuns,
  listMessagesForRun,
  listRuns,
  listStepsForRun,
  retrieveRun,
  retrieveStreamForRun,
  retrieveUsageForRun,
} from '../../../contract/runs.contract.js';
import type { RunStatus } from '../../../domain/agent-loop/stop-reason.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { MessageListRepository } from '../../../repositories/message-list.repository.js';
import { openStatuses } from '../../../repositories/run-list.repository.js';
import type { RunListRepository, RunRecord } from '../../../repositories/run-list.repository.js';
import type { StepListRepository } from '../../../repositories/step-list.repository.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentMessage } from '../../presenters/letta-messages.js';
import { presentRun, presentRunUsage } from '../../presenters/run.js';
import { presentStep } from '../../presenters/step.js';
import { streamRun } from '../../streams/stream-run.js';
import type { SseDeps } from '../../streams/stream-run.js';
import { presentationOfRun, storedStream } from '../messages/run-stream-request.js';
import { pageOf } from '../page.js';

export interface RunRoutesDeps extends SseDeps {
  readonly runs: RunListRepository;
  readonly steps: StepListRepository;
  readonly messages: MessageListRepository;
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
      const agentIds = query.agent_ids ?? (query.agent_id === undefined ? undefined : [query.agent_id]);
      const filter = {
        organizationId: context.organizationId,
        agentIds,
        statuses: wantedStatuses(query),
        background: query.background,
        stopReason: query.stop_reason,
        conversationId: query.conversation_id,
      };
      return (await runs.list(filter, { ...pageOf(query), ascending: query.ascending ?? query.order === 'asc' })).map(presentRun);
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

/** Both filters hold where both are given. */
function wantedStatuses({ active, statuses }: { readonly active: boolean; readonly statuses?: readonly RunStatus[] | undefined }) {
  if (!active) return statuses;
  return statuses === undefined ? openStatuses : openStatuses.filter(status => statuses.includes(status));
}
