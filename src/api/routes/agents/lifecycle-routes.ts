import { pauseAgent, resumeAgent, sleepAgent, terminateAgent, wakeAgent } from '../../../contract/lifecycle.contract.js';
import type { LifecycleCommand } from '../../../domain/agents/lifecycle.js';
import { RequestError } from '../../../domain/errors.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { AgentCommander } from '../../../temporal/agent-commander.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentAgent } from '../../presenters/agent-state.js';

export interface LifecycleRoutesDeps {
  readonly agents: AgentsRepository;
  readonly commander: AgentCommander;
}

interface Sleep {
  readonly wakeAt: Date | null;
  readonly wakesOnMessage: boolean;
}

const noSleep: Sleep = { wakeAt: null, wakesOnMessage: false };

/** The life of an agent: operations of this server, beside V1. */
export function lifecycleRoutes(deps: LifecycleRoutesDeps): MountedRoute[] {
  const plain = (route: typeof pauseAgent, command: LifecycleCommand): MountedRoute =>
    handleRoute(route, ({ params }, context) => carryOut(deps, params.agent_id, command, noSleep, context));
  return [
    plain(pauseAgent, 'pause'),
    plain(resumeAgent, 'resume'),
    plain(wakeAgent, 'wake'),
    plain(terminateAgent, 'terminate'),
    handleRoute(sleepAgent, ({ params, body }, context) => {
      const wakeAt = body.until == null ? null : new Date(body.until);
      if (wakeAt !== null && wakeAt.getTime() <= Date.now()) throw new RequestError('unprocessable', "'until' has to lie in the future");
      return carryOut(deps, params.agent_id, 'sleep', { wakeAt, wakesOnMessage: body.wake_on_message }, context);
    }),
  ];
}

async function carryOut(deps: LifecycleRoutesDeps, agentId: string, command: LifecycleCommand, sleep: Sleep, context: RequestContext) {
  const { organizationId } = context;
  const outcome = await deps.commander.command({ organizationId, agentId, command, ...sleep });
  if (outcome.kind === 'refused') throw new RequestError('conflict', `Agent ${agentId}: ${outcome.reason}`);
  const agent = outcome.kind === 'agent-not-found' ? null : await deps.agents.find(organizationId, agentId);
  if (agent === null) throw new RequestError('not-found', 'Agent not found');
  return presentAgent(agent);
}
