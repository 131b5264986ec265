import { agentFolders, agentSources } from '../../../contract/agent-files.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { AgentFoldersRepository } from '../../../repositories/agent-folders.repository.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { FoldersRepository } from '../../../repositories/folders.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentAgent } from '../../presenters/agent-state.js';
import { presentSource } from '../../presenters/folder.js';
import { isNewSdk } from '../../sdk-version.js';
import { pageOf } from '../page.js';
import { requireAgent } from '../require-agent.js';

export interface AgentFolderRoutesDeps {
  readonly agents: Pick<AgentsRepository, 'exists' | 'find'>;
  readonly folders: Pick<FoldersRepository, 'list' | 'find'>;
  readonly agentFolders: Pick<AgentFoldersRepository, 'attach' | 'detach'>;
}

/** Attaching and detaching under both names. Later SDKs expect nothing back for a folder. */
export function agentFolderRoutes(deps: AgentFolderRoutesDeps): MountedRoute[] {
  return [...attachments(deps, agentFolders, ({ request }) => isNewSdk(request)), ...attachments(deps, agentSources, () => false)];
}

function attachments(
  deps: AgentFolderRoutesDeps,
  routes: typeof agentFolders,
  answersNothing: (context: RequestContext) => boolean,
): MountedRoute[] {
  const { agents, folders } = deps;
  const change =
    (work: (agentId: string, folderId: string) => Promise<void>) =>
    async ({ params }: { readonly params: Readonly<Record<string, string>> }, context: RequestContext) => {
      const agentId = params['agent_id'] ?? '';
      const folderId = params['folder_id'] ?? params['source_id'] ?? '';
      await requireAgent(agents, agentId, context);
      if ((await folders.find(context.organizationId, folderId)) === null) throw notFound('Folder', folderId);
      await work(agentId, folderId);
      if (answersNothing(context)) return null;
      const agent = await agents.find(context.organizationId, agentId);
      if (agent === null) throw new RequestError('not-found', 'Agent not found');
      return presentAgent(agent);
    };
  return [
    handleRoute(routes.list, async ({ params, query }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const filter = { organizationId: context.organizationId, agentId: params.agent_id };
      return (await folders.list(filter, pageOf(query))).map(presentSource);
    }),
    handleRoute(
      routes.attach,
      change((agentId, folderId) => deps.agentFolders.attach(agentId, [folderId])),
    ),
    handleRoute(
      routes.detach,
      change((agentId, folderId) => deps.agentFolders.detach(agentId, folderId)),
    ),
  ];
}
