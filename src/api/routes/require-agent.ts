import { RequestError } from '../../domain/errors.js';
import type { AgentsRepository } from '../../repositories/agents.repository.js';
import type { RequestContext } from '../mount-route.js';

/** Throws V1's 404 when the organisation has no such agent. */
export async function requireAgent(
  agents: Pick<AgentsRepository, 'exists'>,
  agentId: string,
  context: Pick<RequestContext, 'organizationId'>,
): Promise<void> {
  if (!(await agents.exists(context.organizationId, agentId))) throw new RequestError('not-found', 'Agent not found');
}
