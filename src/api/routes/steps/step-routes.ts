import {
  listMessagesForStep,
  listSteps,
  modifyFeedback,
  retrieveMetricsForStep,
  retrieveProviderTrace,
  retrieveStep,
  retrieveTraceForStep,
  updateTransaction,
} from '../../../contract/steps.contract.js';
import { defaultAgentType } from '../../../domain/agents/agent-type.js';
import { notFound } from '../../../domain/errors.js';
import type { MessageListRepository } from '../../../repositories/message-list.repository.js';
import type { ProviderTracesRepository } from '../../../repositories/provider-traces.repository.js';
import type { RunListRepository } from '../../../repositories/run-list.repository.js';
import type { StepListRepository } from '../../../repositories/step-list.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentMessage } from '../../presenters/letta-messages.js';
import { presentTrace } from '../../presenters/provider-trace.js';
import { presentStep, presentStepMetrics } from '../../presenters/step.js';
import { presentationOf } from '../messages/presentation-of.js';
import { pageOf } from '../page.js';
import { queryInstant } from '../query-instant.js';

export interface StepRoutesDeps {
  readonly steps: StepListRepository;
  readonly runs: RunListRepository;
  readonly messages: MessageListRepository;
  readonly traces: Pick<ProviderTracesRepository, 'ofStep'>;
}

export function stepRoutes({ steps, runs, messages, traces }: StepRoutesDeps): MountedRoute[] {
  const trace = async (id: string, context: RequestContext) => {
    if ((await steps.find(context.organizationId, id)) === null) throw notFound('Step', id);
    const found = await traces.ofStep(context.organizationId, id);
    return found === null ? null : presentTrace(found, context.userId);
  };
  return [
    handleRoute(listSteps, async ({ query }, context) => {
      const filter = {
        organizationId: context.organizationId,
        startAt: queryInstant(query.start_date, 'start_date'),
        endAt: queryInstant(query.end_date, 'end_date'),
        model: query.model,
        agentId: query.agent_id,
        traceIds: query.trace_ids,
        feedback: query.feedback,
        hasFeedback: query.has_feedback,
        tags: query.tags,
        projectId: query.project_id,
      };
      return (await steps.list(filter, pageOf(query))).map(presentStep);
    }),
    handleRoute(retrieveStep, async ({ params }, context) => {
      const step = await steps.find(context.organizationId, params.step_id);
      if (step === null) throw notFound('Step', params.step_id);
      return presentStep(step);
    }),
    handleRoute(modifyFeedback, async ({ params, body }, context) => {
      const step = await steps.setFeedback(context.organizationId, params.step_id, body.feedback, body.tags ?? null);
      if (step === null) throw notFound('Step', params.step_id);
      return presentStep(step);
    }),
    handleRoute(retrieveMetricsForStep, async ({ params }, context) => {
      const metrics = await steps.metrics(context.organizationId, params.step_id);
      if (metrics === null) throw notFound('Step', params.step_id);
      return presentStepMetrics(metrics);
    }),
    handleRoute(retrieveTraceForStep, ({ params }, context) => trace(params.step_id, context)),
    handleRoute(retrieveProviderTrace, ({ params }, context) => trace(params.step_id, context)),
    handleRoute(updateTransaction, async ({ params }, context) => {
      const step = await steps.setTransaction(context.organizationId, params.step_id, params.transaction_id);
      if (step === null) throw notFound('Step', params.step_id);
      return presentStep(step);
    }),
    handleRoute(listMessagesForStep, async ({ params, query }, context) => {
      const step = await steps.find(context.organizationId, params.step_id);
      if (step === null) throw notFound('Step', params.step_id);
      const run = await runs.find(context.organizationId, step.runId);
      const page = { before: query.before ?? null, after: query.after ?? null, limit: query.limit, newest: query.order === 'desc' };
      const found = await messages.list({ organizationId: context.organizationId, stepId: step.id, withErrors: true }, page);
      const presentation = presentationOf(run?.agentType ?? defaultAgentType, {
        use_assistant_message: true,
        assistant_message_tool_name: 'send_message',
        assistant_message_tool_kwarg: 'message',
      });
      return found.flatMap(message => presentMessage(message, presentation));
    }),
  ];
}
