import { z } from 'zod';
import { retentionKinds } from '../domain/retention/retention-policy.js';
import { nothing, pathId } from './fields.js';
import { defineRoute } from './route.js';

/** Days; a hundred years are as good as for ever, and can be subtracted from any date. */
const term = z.union([z.literal('forever'), z.number().int().min(1).max(36_525)]);
const terms = Object.fromEntries(retentionKinds.map(kind => [kind, term.optional()])) as Record<
  (typeof retentionKinds)[number],
  z.ZodOptional<typeof term>
>;
/** A kind that is not named goes by the next policy: of the organisation, then of the server. */
const policy = z.strictObject(terms);

const tag = 'retention';
const byAgent = z.object({ agent_id: pathId('agent') });

export const retrieveRetention = defineRoute({
  operationId: 'retrieve_retention',
  method: 'get',
  path: '/v1/retention',
  tag,
  summary: 'Tell for how many days the data of the organisation are kept',
  params: nothing,
  query: nothing,
  body: nothing,
  response: policy,
});

export const modifyRetention = defineRoute({
  operationId: 'modify_retention',
  method: 'put',
  path: '/v1/retention',
  tag,
  summary: 'Set for how many days the data of the organisation are kept',
  params: nothing,
  query: nothing,
  body: policy,
  response: policy,
});

export const retrieveAgentRetention = defineRoute({
  operationId: 'retrieve_agent_retention',
  method: 'get',
  path: '/v1/agents/{agent_id}/retention',
  tag,
  summary: 'Tell for how many days the data of an agent are kept',
  params: byAgent,
  query: nothing,
  body: nothing,
  response: policy,
});

export const modifyAgentRetention = defineRoute({
  operationId: 'modify_agent_retention',
  method: 'put',
  path: '/v1/agents/{agent_id}/retention',
  tag,
  summary: 'Set for how many days the data of an agent are kept',
  params: byAgent,
  query: nothing,
  body: policy,
  response: policy,
});
