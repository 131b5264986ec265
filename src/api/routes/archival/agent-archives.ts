import { RequestError } from '../../../domain/errors.js';
import type { EmbeddingChoice } from '../../../domain/model/choose-embedding.js';
import { embedQuestion } from '../../../domain/model/embedder.js';
import type { Embedder } from '../../../domain/model/embedder.js';
import { formatLocalIso } from '../../../domain/time/format-local-time.js';
import { noParts } from '../../../repositories/agent-record.js';
import type { AgentsRepository } from '../../../repositories/agents.repository.js';
import type { ArchivesRepository } from '../../../repositories/archives.repository.js';
import type { PassageSearchRepository } from '../../../repositories/passage-search.repository.js';
import type { Passage } from '../../../repositories/passages.repository.js';
import type { RequestContext } from '../../mount-route.js';
import { requireAgent } from '../require-agent.js';
import { checkPassages, momentOf, storePassages } from './store-passages.js';
import type { PassageBody, StorePassagesDeps } from './store-passages.js';

export interface AgentArchivesDeps extends StorePassagesDeps {
  readonly agents: AgentsRepository;
  readonly archives: ArchivesRepository;
  readonly embedder: Embedder;
  readonly passageSearch: PassageSearchRepository;
  readonly embeddingChoice: EmbeddingChoice;
}

type Asker = Pick<RequestContext, 'organizationId' | 'userId' | 'signal'>;

/** Puts a text into the first of an agent's archives, which is made where there is none. */
export async function insertPassage(deps: AgentArchivesDeps, agentId: string, body: PassageBody, asker: Asker): Promise<Passage[]> {
  await requireAgent(deps.agents, agentId, asker);
  const checked = checkPassages([body], deps.archivalTokenLimit);
  const place = await deps.archives.ensureForAgent(agentId, await deps.embeddingChoice.choose({}, asker.signal));
  if (place === null) throw new RequestError('not-found', 'Agent not found');
  return storePassages(deps, place, checked, asker);
}

export interface ArchiveQuestion {
  readonly query: string;
  readonly tags?: readonly string[] | null | undefined;
  readonly tag_match_mode: 'any' | 'all';
  readonly top_k?: number | null | undefined;
  readonly start_datetime?: string | null | undefined;
  readonly end_datetime?: string | null | undefined;
}

const defaultResults = 5;

/** What all archives of an agent know of a question, in V1's form. */
export async function searchArchives(deps: AgentArchivesDeps, agentId: string, question: ArchiveQuestion, asker: Asker) {
  const agent = await deps.agents.find(asker.organizationId, agentId, noParts);
  if (agent === null) throw new RequestError('not-found', 'Agent not found');
  const bounds = {
    startAt: momentOf('start_datetime', question.start_datetime, agent.timezone, 'start'),
    endAt: momentOf('end_datetime', question.end_datetime, agent.timezone, 'end'),
  };
  const places = await deps.archives.ofAgent(asker.organizationId, agentId);
  if (places.length === 0 || question.query.trim() === '') return { results: [], count: 0 };
  const found = await deps.passageSearch.search({
    organizationId: asker.organizationId,
    ownerIds: places.map(place => place.archiveId),
    query: question.query,
    vectors: await embedQuestion(deps.embedder, places, question.query, asker.signal),
    tags: question.tags ?? [],
    tagMatch: question.tag_match_mode,
    ...bounds,
    limit: Math.min(question.top_k ?? defaultResults, 100),
  });
  const results = found.passages.map(passage => ({
    id: passage.id,
    timestamp: formatLocalIso(passage.createdAt, agent.timezone),
    content: passage.text,
    tags: passage.tags,
  }));
  return { results, count: results.length, ...(found.degraded ? { degraded: true } : {}) };
}
