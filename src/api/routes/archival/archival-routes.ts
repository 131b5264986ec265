import { createPassage, deletePassage, listPassages, searchArchivalMemory } from '../../../contract/archival.contract.js';
import { notFound } from '../../../domain/errors.js';
import type { PassagesRepository } from '../../../repositories/passages.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';
import { presentPassage } from '../../presenters/passage.js';
import type { LargeDeletionDeps } from '../jobs/purge-if-large.js';
import { requireAgent } from '../require-agent.js';
import { insertPassage, searchArchives } from './agent-archives.js';
import type { AgentArchivesDeps } from './agent-archives.js';
import type { ReembedArchivesDeps } from './reembed-archives.js';

export interface ArchivalRoutesDeps extends AgentArchivesDeps, ReembedArchivesDeps, LargeDeletionDeps {
  readonly passages: PassagesRepository;
}

/** V1's view of an agent's archives as one: passages go to the first, and are found in all. */
export function archivalRoutes(deps: ArchivalRoutesDeps): MountedRoute[] {
  const { agents, archives, passages } = deps;
  return [
    handleRoute(listPassages, async ({ params, query }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const places = await archives.ofAgent(context.organizationId, params.agent_id);
      const found = await passages.list({
        archiveIds: places.map(place => place.archiveId),
        after: query.after ?? null,
        before: query.before ?? null,
        limit: Math.min(query.limit, 1000),
        ascending: query.ascending,
        search: query.search ?? null,
      });
      return found.map(presentPassage);
    }),
    handleRoute(createPassage, async ({ params, body }, context) =>
      (await insertPassage(deps, params.agent_id, body, context)).map(presentPassage),
    ),
    handleRoute(searchArchivalMemory, ({ params, query }, context) => searchArchives(deps, params.agent_id, query, context)),
    handleRoute(deletePassage, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const places = await archives.ofAgent(context.organizationId, params.agent_id);
      const archiveIds = places.map(place => place.archiveId);
      if (!(await passages.delete(archiveIds, params.memory_id))) throw notFound('Passage', params.memory_id);
      return { message: `Memory id=${params.memory_id} successfully deleted` };
    }),
  ];
}
