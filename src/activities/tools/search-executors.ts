import { renderRecallResults } from '../../domain/memory/recall-results.js';
import { embedQuestion } from '../../domain/model/embedder.js';
import type { EmbeddingChoice } from '../../domain/model/choose-embedding.js';
import type { Embedder } from '../../domain/model/embedder.js';
import type { MessageSearcher } from '../../domain/search/message-search.js';
import { formatLocalIso } from '../../domain/time/format-local-time.js';
import type { ArchivesRepository } from '../../repositories/archives.repository.js';
import { deriveId } from '../../repositories/derived-ids.js';
import type { PassageIntake } from '../../repositories/passage-intake.js';
import type { PassageSearchRepository } from '../../repositories/passage-search.repository.js';
import { count, moment, optionalText, requiredText, textList, withArgumentErrors } from './tool-arguments.js';
import type { ToolExecutor, NamedExecutors } from './tool-executor.js';

export interface SearchExecutorDeps {
  readonly embedder: Embedder;
  readonly embeddingChoice: EmbeddingChoice;
  readonly archives: Pick<ArchivesRepository, 'ensureForAgent' | 'ofAgent'>;
  readonly passageIntake: PassageIntake;
  readonly passageSearch: PassageSearchRepository;
  readonly messageSearcher: MessageSearcher;
}

const defaultResults = 5;
const mostResults = 50;

/** The tools on archival and recall memory. */
export function createSearchExecutors(deps: SearchExecutorDeps): NamedExecutors {
  return {
    archival_memory_insert: insertIntoArchive(deps),
    archival_memory_search: searchArchive(deps),
    conversation_search: searchConversations(deps),
  };
}

function insertIntoArchive({ embeddingChoice, archives, passageIntake }: SearchExecutorDeps): ToolExecutor {
  return (call, args, signal) =>
    withArgumentErrors(async () => {
      const text = requiredText(args, 'content');
      const place = await archives.ensureForAgent(call.agentId, await embeddingChoice.choose({}, signal));
      if (place === null) return { status: 'error', value: 'The agent is gone.' };
      const passage = { id: deriveId('passage', call.id), text, tags: [...new Set(textList(args, 'tags'))], metadata: {}, createdAt: null };
      const stored = await passageIntake.store(place, [{ ...passage, toolCallId: call.id, createdById: null }], signal);
      if (stored === null) return { status: 'error', value: 'The archive is gone.' };
      return { status: 'success', value: null };
    });
}

function searchArchive({ embedder, archives, passageSearch }: SearchExecutorDeps): ToolExecutor {
  return (call, args, signal) =>
    withArgumentErrors(async () => {
      const query = requiredText(args, 'query');
      const search = {
        query,
        tags: textList(args, 'tags'),
        tagMatch: args['tag_match_mode'] === 'all' ? ('all' as const) : ('any' as const),
        startAt: moment(args, 'start_datetime', call.timezone, 'start'),
        endAt: moment(args, 'end_datetime', call.timezone, 'end'),
        limit: count(args, 'top_k', defaultResults, mostResults),
      };
      const places = await archives.ofAgent(call.organizationId, call.agentId);
      if (places.length === 0 || query.trim() === '') return { status: 'success', value: '[]' };
      const found = await passageSearch.search({
        ...search,
        organizationId: call.organizationId,
        ownerIds: places.map(place => place.archiveId),
        vectors: await embedQuestion(embedder, places, query, signal),
      });
      const rendered = found.passages.map(passage => ({
        id: passage.id,
        timestamp: formatLocalIso(passage.createdAt, call.timezone),
        content: passage.text,
        tags: passage.tags,
        relevance: {
          rrf_score: passage.score,
          vector_rank: passage.vectorRank,
          fts_rank: passage.wordRank,
          ...(found.degraded ? { degraded: true } : {}),
        },
      }));
      return { status: 'success', value: JSON.stringify(rendered) };
    });
}

/** Its own earlier calls are not told: so a few more are found than asked for. */
const spareResults = 5;

function searchConversations({ messageSearcher }: SearchExecutorDeps): ToolExecutor {
  return (call, args, signal) =>
    withArgumentErrors(async () => {
      const asked = textList(args, 'roles');
      const roles = (['user', 'assistant', 'tool'] as const).filter(role => (asked.length === 0 ? role !== 'tool' : asked.includes(role)));
      const limit = count(args, 'limit', defaultResults, mostResults);
      const search = {
        organizationId: call.organizationId,
        agentId: call.agentId,
        conversationIds: null,
        query: optionalText(args, 'query') ?? '',
        mode: 'hybrid' as const,
        roles,
        startAt: moment(args, 'start_date', call.timezone, 'start'),
        endAt: moment(args, 'end_date', call.timezone, 'end'),
      };
      const found = await messageSearcher.search({ ...search, limit: limit + spareResults }, signal);
      return { status: 'success', value: renderRecallResults(found, { timezone: call.timezone, now: new Date(), limit }) };
    });
}
