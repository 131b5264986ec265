import { randomUUID } from 'node:crypto';
import { createPassage, deletePassage, listPassages, searchArchivalMemory } from '../../../contract/archival.contract.js';
import { estimateTokens } from '../../../domain/context-window/estimate-tokens.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import { embedOne } from '../../../domain/model/embedder.js';
import type { Embedder } from '../../../domain/model/embedder.js';
import { formatLocalIso } from '../../../domain/time/format-local-time.js';
import { parseLocalTime } from '../../../domain/time/parse-local-time.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { PassageSearchRepository } from '../../../repositories/passage-search.repository.js';
import type { PassagesRepository } from '../../../repositories/passages.repository.js';
import { handleRoute } from '../../mount-route.js';
import type { MountedRoute } from '../../mount-route.js';
import { presentPassage } from '../../presenters/passage.js';
import { requireAgent } from '../require-agent.js';

export interface ArchivalRoutesDeps {
  readonly agents: AgentsRepository;
  readonly passages: PassagesRepository;
  readonly passageSearch: PassageSearchRepository;
  readonly embedder: Embedder;
}

/** V1's limit of one passage, in tokens. */
const passageTokenLimit = 8192;
const defaultResults = 5;

export function archivalRoutes({ agents, passages, passageSearch, embedder }: ArchivalRoutesDeps): MountedRoute[] {
  return [
    handleRoute(listPassages, async ({ params, query }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const place = await passages.archiveOf(params.agent_id);
      if (place === null) return [];
      const found = await passages.list({
        archiveId: place.archiveId,
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
      const { text } = body;
      const createdAt = instant('created_at', body.created_at, null, 'start');
      const tokens = estimateTokens(text);
      if (tokens > passageTokenLimit) {
        throw new RequestError('invalid', `The passage is too long: about ${tokens} tokens, and ${passageTokenLimit} are allowed`);
      }
      const place = await passages.ensureArchive(params.agent_id);
      if (place === null) throw new RequestError('not-found', 'Agent not found');
      const embedding = await embedOne(embedder, place.embeddingConfig, text, context.signal);
      const passage = await passages.insert(place, {
        id: `passage-${randomUUID()}`,
        text,
        tags: body.tags ?? [],
        metadata: {},
        createdAt,
        embedding,
        toolCallId: null,
        createdById: context.userId,
      });
      return [presentPassage(passage)];
    }),
    handleRoute(searchArchivalMemory, async ({ params, query }, context) => {
      const agent = await agents.find(context.organizationId, params.agent_id, { blocks: false, tools: false, tags: false });
      if (agent === null) throw new RequestError('not-found', 'Agent not found');
      const bounds = {
        startAt: instant('start_datetime', query.start_datetime, agent.timezone, 'start'),
        endAt: instant('end_datetime', query.end_datetime, agent.timezone, 'end'),
      };
      const place = await passages.archiveOf(params.agent_id);
      if (place === null || query.query.trim() === '') return { results: [], count: 0 };
      const found = await passageSearch.search({
        archiveIds: [place.archiveId],
        query: query.query,
        embedding: await embedOne(embedder, place.embeddingConfig, query.query, context.signal),
        tags: query.tags ?? [],
        tagMatch: query.tag_match_mode,
        ...bounds,
        limit: Math.min(query.top_k ?? defaultResults, 100),
      });
      const results = found.map(passage => ({
        id: passage.id,
        timestamp: formatLocalIso(passage.createdAt, agent.timezone),
        content: passage.text,
        tags: passage.tags,
      }));
      return { results, count: results.length };
    }),
    handleRoute(deletePassage, async ({ params }, context) => {
      await requireAgent(agents, params.agent_id, context);
      const place = await passages.archiveOf(params.agent_id);
      if (place === null || !(await passages.delete(place.archiveId, params.memory_id))) throw notFound('Passage', params.memory_id);
      return { message: `Memory id=${params.memory_id} successfully deleted` };
    }),
  ];
}

function instant(field: string, text: string | null | undefined, timezone: string | null, edge: 'start' | 'end'): Date | null {
  if (text == null) return null;
  const at = parseLocalTime(text, timezone, edge);
  if (at === null) throw new RequestError('invalid', `Invalid ${field}: ${text} is no ISO 8601 date`);
  return at;
}
