import { modifyAgentRetention, modifyRetention, retrieveAgentRetention, retrieveRetention } from '../../../contract/retention.contract.js';
import { RequestError } from '../../../domain/errors.js';
import type { RetentionPolicy } from '../../../domain/retention/retention-policy.js';
import type { RetentionRepository } from '../../../repositories/retention.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';

export interface RetentionRoutesDeps {
  readonly retention: Omit<RetentionRepository, 'deleteExpired'>;
}

export function retentionRoutes({ retention }: RetentionRoutesDeps): MountedRoute[] {
  return [
    handleRoute(retrieveRetention, async (_, context) => found(await retention.ofOrganization(context.organizationId), 'Organization')),
    handleRoute(modifyRetention, async ({ body }, context) =>
      found(await retention.setOfOrganization(context.organizationId, body), 'Organization'),
    ),
    handleRoute(retrieveAgentRetention, async ({ params }, context) =>
      found(await retention.ofAgent(context.organizationId, params.agent_id), 'Agent'),
    ),
    handleRoute(modifyAgentRetention, async ({ params, body }, context) =>
      found(await retention.setOfAgent(context.organizationId, params.agent_id, body), 'Agent'),
    ),
  ];
}

function found(policy: RetentionPolicy | null, what: string): RetentionPolicy {
  if (policy === null) throw new RequestError('not-found', `${what} not found`);
  return policy;
}
