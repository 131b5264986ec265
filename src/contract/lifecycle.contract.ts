import { z } from 'zod';
import type { LifecycleCommand } from '../domain/agents/lifecycle.js';
import { agentState } from './agents.contract.js';
import { nothing, pathId } from './fields.js';
import { defineRoute } from './route.js';

/** Operations of this server, beside V1. */
function lifecycleRoute<Body extends z.ZodType>(command: LifecycleCommand, summary: string, body: Body) {
  return defineRoute({
    operationId: `${command}_agent`,
    method: 'post',
    path: `/v1/agents/{agent_id}/${command}`,
    tag: 'agents',
    summary,
    params: z.object({ agent_id: pathId('agent') }),
    query: nothing,
    body,
    response: agentState,
  });
}

export const pauseAgent = lifecycleRoute('pause', 'Pause an agent: messages wait, a run in its middle stops before its next step', nothing);
export const resumeAgent = lifecycleRoute('resume', 'Resume a paused agent', nothing);
export const sleepAgent = lifecycleRoute(
  'sleep',
  'Put an agent to sleep: it pauses until it is woken, a time has come, or a message arrives',
  z.object({ until: z.iso.datetime({ offset: true }).nullish(), wake_on_message: z.boolean().default(true) }),
);
export const wakeAgent = lifecycleRoute('wake', 'Wake a sleeping agent', nothing);
export const terminateAgent = lifecycleRoute('terminate', 'End an agent for good: its runs are cancelled, messages are refused', nothing);
