import { createPassage, deletePassage, listPassages, searchArchivalMemory } from '../../../contract/archival.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { EmbeddingChoice } from '../../../domain/model/choose-embedding.js';
import { embedQuestion } from '../../../domain/model/embedder.js';
import type { Embedder } from '../../../domain/model/embedder.js';
import { formatLocalIso } from '../../../domain/time/format-local-time.js';
import { noParts } from '../../../repositories/agent-record.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { ArchivesRepository } from '../../../repositories/archives.repository.js';
import type { PassageSearchRepository } from '../../../repositories/passage-search.repository.js';
import type { PassagesRepository } from '../../../repositories/passages.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';
import { presentPassage } from '../../presenters/passage.js';
import type { LargeDeletionDeps } from '../jobs/purge-if-large.js';
import { requireAgent } from '../require-agent.js';
import type { ReembedArchivesDeps } from './reembed-archives.js';
import { checkPassages, momentOf, storePassages } from './store-passages.js';
import type { StorePassagesDeps } from './store-passages.js';

export interface ArchivalRoutesDeps extends StorePassagesDeps, ReembedArchivesDeps, LargeDeletionDeps {
  readonly agents: AgentsRepository;
  readonly archives: ArchivesRepository;
  readonly embedder: Embedder;
  readonly passages: PassagesRepository;
  readonly passageSearch: PassageSearchRepository;
  readonly embeddingChoice: EmbeddingChoice;
}

const defaultResults = 5;

/** V1's view of an agent's archives as one: passages go to the first, and are found in all. */
export function archivalRoutes(deps: ArchivalRoutesDeps): MountedRoute[] {
  const { agents, archives, passages, passageSearch, embedder } = deps;
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
    handleRoute(createPassage, async ({ params, body }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const checked = checkPassages([body], deps.archivalTokenLimit);
      const place = await archives.ensureForAgent(params.agent_id, await deps.embeddingChoice.choose({}, context.signal));
      if (place === null) throw new RequestError('not-found', 'Agent not found');
      return (await storePassages(deps, place, checked, context)).map(presentPassage);
    }),
    handleRoute(searchArchivalMemory, async ({ params, query }, context) => {
      const agent = await agents.find(context.organizationId, params.agent_id, noParts);
      if (agent === null) throw new RequestError('not-found', 'Agent not found');
      const bounds = {
        startAt: momentOf('start_datetime', query.start_datetime, agent.timezone, 'start'),
        endAt: momentOf('end_datetime', query.end_datetime, agent.timezone, 'end'),
      };
      const places = await archives.ofAgent(context.organizationId, params.agent_id);
      if (places.length === 0 || query.query.trim() === '') return { results: [], count: 0 };
      const found = await passageSearch.search({
        organizationId: context.organizationId,
        archiveIds: places.map(place => place.archiveId),
        query: query.query,
        vectors: await embedQuestion(embedder, places, query.query, context.signal),
        tags: query.tags ?? [],
        tagMatch: query.tag_match_mode,
        ...bounds,
        limit: Math.min(query.top_k ?? defaultResults, 100),
      });
      const results = found.passages.map(passage => ({
        id: passage.id,
        timestamp: formatLocalIso(passage.createdAt, agent.timezone),
        content: passage.text,
        tags: passage.tags,
      }));
      return { results, count: results.length, ...(found.degraded ? { degraded: true } : {}) };
    }),
    handleRoute(deletePassage, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const places = await archives.ofAgent(context.organizationId, params.agent_id);
      const archiveIds = places.map(place => place.archiveId);
      if (!(await passages.delete(archiveIds, params.memory_id))) throw notFound('Passage', params.memory_id);
      return { message: `Memory id=${params.memory_id} successfully deleted` };
    }),
  ];
}
