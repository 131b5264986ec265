import type { Settings } from '../../../config/settings.js';
import { runToolForAgent, runToolFromSource } from '../../../contract/tool-runs.contract.js';
import { RequestError } from '../../../domain/errors.js';
import type { SecretCipher } from '../../../domain/secrets/secret-cipher.js';
import type { SchemaGenerator } from '../../../domain/tools/schema-generator.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { ToolsRepository } from '../../../repositories/tools.repository.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';
import { presentTrialMessage, presentTrialResult } from '../../presenters/trial-result.js';
import { wholePage } from '../page.js';
import { requireAgent } from '../require-agent.js';
import { runTrial } from './run-trial.js';
import type { RunTrialDeps } from './run-trial.js';
import { trialOfSource } from './trial-source.js';
import { trialCallOf } from '../../../domain/tools/trial-call.js';

export interface ToolRunRoutesDeps extends RunTrialDeps {
  readonly agents: Pick<AgentsRepository, 'exists'>;
  readonly tools: Pick<ToolsRepository, 'list'>;
  readonly schemas: SchemaGenerator;
  readonly secretCipher: Pick<SecretCipher, 'seal'>;
  readonly settings: Pick<Settings, 'toolTimeoutMs' | 'toolRunSources'>;
}

/** Tools that are run by a request, in the place of a model. */
export function toolRunRoutes(deps: ToolRunRoutesDeps): MountedRoute[] {
  return [
    handleRoute(runToolForAgent, async ({ params, body }, context) => {
      const { agent_id: agentId, tool_name: name } = params;
      await requireAgent(deps.agents, agentId, context);
      const [tool] = await deps.tools.list({ organizationId: context.organizationId, agentId, name }, wholePage);
      if (tool === undefined) throw new RequestError('not-found', `Tool '${name}' is not attached to agent ${agentId}`);
      const args = body?.args ?? {};
      const call = trialCallOf(tool, deps.settings.toolTimeoutMs);
      const result = await runTrial(deps, { agentId, toolId: tool.id, request: { args, source: null, call }, compared: args }, context);
      return result === null ? answered : presentTrialResult(result);
    }),
    handleRoute(runToolFromSource, async ({ body }, context) => {
      if (!deps.settings.toolRunSources)
        throw new RequestError('invalid', 'Sources are not run by this server: PERDURA_TOOL_RUN_SOURCES is false');
      const request = await trialOfSource(body, { ...deps, timeoutMs: deps.settings.toolTimeoutMs });
      const { env_vars: _, ...compared } = body;
      const result = await runTrial(deps, { agentId: null, toolId: null, request, compared }, context);
      return result === null ? answered : presentTrialMessage(request.call.toolName, result, new Date());
    }),
  ];
}
