import { searchPassages } from '../../../contract/archives.contract.js';
import { notFound } from '../../../domain/errors.js';
import { embedQuestion } from '../../../domain/model/embedder.js';
import type { ArchivePlace } from '../../../repositories/archive-places.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentPassage } from '../../presenters/passage.js';
import { requireAgent } from '../require-agent.js';
import type { ArchivalRoutesDeps } from './archival-routes.js';
import { momentOf } from './store-passages.js';

export function passageSearchRoute(deps: ArchivalRoutesDeps): MountedRoute {
  return handleRoute(searchPassages, async ({ body }, context) => {
    const startAt = momentOf('start_date', body.start_date, null, 'start');
    const endAt = momentOf('end_date', body.end_date, null, 'end');
    const places = await placesOf(deps, { agentId: body.agent_id ?? null, archiveId: body.archive_id ?? null }, context);
    const query = body.query?.trim() ?? '';
    const found = await deps.passageSearch.search({
      organizationId: context.organizationId,
      ownerIds: places.map(place => place.archiveId),
      query,
      vectors: query === '' ? [] : await embedQuestion(deps.embedder, places, query, context.signal),
      tags: body.tags ?? [],
      tagMatch: body.tag_match_mode,
      startAt,
      endAt,
      limit: body.limit,
    });
    return found.passages.map(passage => ({
      passage: presentPassage(passage),
      score: passage.score,
      metadata: {
        rrf_score: passage.score,
        vector_rank: passage.vectorRank,
        fts_rank: passage.wordRank,
        ...(found.degraded ? { degraded: true } : {}),
      },
    }));
  });
}

interface Scope {
  readonly agentId: string | null;
  readonly archiveId: string | null;
}

/** With both named, the archive if the agent has it. */
async function placesOf(
  { agents, archives }: ArchivalRoutesDeps,
  { agentId, archiveId }: Scope,
  context: RequestContext,
): Promise<readonly ArchivePlace[]> {
  if (agentId === null && archiveId === null) return archives.ofOrganization(context.organizationId);
  if (agentId !== null) {
    await requireAgent(agents, agentId, context);
    const places = await archives.ofAgent(context.organizationId, agentId);
    return archiveId === null ? places : places.filter(place => place.archiveId === archiveId);
  }
  const archive = archiveId === null ? null : await archives.find(context.organizationId, archiveId);
  if (archive === null) throw notFound('Archive', archiveId ?? '');
  return [archive];
}
