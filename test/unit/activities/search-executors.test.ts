import assert from 'node:assert/strict';
import { createSearchExecutors } from '../../../src/activities/tools/search-executors.js';
import type { SearchExecutorDeps } from '../../../src/activities/tools/search-executors.js';
import type { ToolCallContext } from '../../../src/repositories/tool-calls.repository.js';

describe('archival_memory_search', () => {
  it('tells the agent when what it has found was looked for by words alone', async () => {
    const passage = { id: 'passage-1', text: 'A fact.', tags: [], createdAt: new Date(0), score: 0.5, vectorRank: null, wordRank: 1 };
    const relevanceWhen = async (degraded: boolean): Promise<unknown> => {
      const deps = {
        archives: { ofAgent: () => Promise.resolve([{ archiveId: 'archive-1', embeddingConfig: null, formerEmbeddings: [] }]) },
        passageSearch: { search: () => Promise.resolve({ passages: [passage], degraded }) },
      } as unknown as SearchExecutorDeps;
      const call = { agentId: 'agent-1', organizationId: 'org-1', timezone: 'UTC' } as ToolCallContext;
      const search = createSearchExecutors(deps)['archival_memory_search'];
      const result = await search?.(call, { query: 'fact' }, new AbortController().signal);
      const [found] = JSON.parse(result?.value as string) as { relevance: unknown }[];
      return found?.relevance;
    };
    assert.deepEqual(await relevanceWhen(false), { rrf_score: 0.5, vector_rank: null, fts_rank: 1 });
    assert.deepEqual(await relevanceWhen(true), { rrf_score: 0.5, vector_rank: null, fts_rank: 1, degraded: true });
  });
});
