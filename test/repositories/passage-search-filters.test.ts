import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { TransactionalDatabase } from '../../src/repositories/database.js';
import { createPassageSearchRepository } from '../../src/repositories/passage-search.repository.js';
import { defaultOrganizationId } from '../../src/domain/ids.js';
import { sharedStack } from '../support/stack.js';

/** Makes the planner take the vector index, as it does by itself in a large table; `iterative` = whether the search may change the scan. */
function onVectorIndex(database: TransactionalDatabase, iterative: boolean): TransactionalDatabase {
  return {
    ...database,
    transaction: work =>
      database.transaction(async transaction => {
        for (const name of ['enable_seqscan', 'enable_bitmapscan', 'enable_sort']) {
          await transaction.query('select set_config($1, $2, true)', [name, 'off']);
        }
        return work({
          query: (sql, parameters) => (!iterative && sql.includes('hnsw.') ? Promise.resolve([]) : transaction.query(sql, parameters)),
        });
      }),
  };
}

describe('createPassageSearchRepository over a vector index', () => {
  it('finds the passages that the filter leaves, though hundreds of others are nearer', async () => {
    const { database } = (await sharedStack()).backend;
    const [full, searched] = [`archive-${randomUUID()}`, `archive-${randomUUID()}`];
    for (const id of [full, searched]) {
      await database.query(`insert into archives (id, organization_id, name) values ($1, $2, 'filtered')`, [id, defaultOrganizationId]);
    }
    // The first 600 stand around the query's direction, the last 20 at a right angle to it.
    await database.query(
      `insert into passages (id, organization_id, archive_id, text, embedding, embedding_dim)
       select 'passage-' || gen_random_uuid(), $1, case when i <= 600 then $2 else $3 end, 'note ' || i,
              (select array_agg(case when g = 1 then (i <= 600)::int else ((i * g * 7919) % 101) / 2000.0 end order by g)
                 from generate_series(1, 384) g where i > 0)::vector, 384
         from generate_series(1, 620) i`,
      [defaultOrganizationId, full, searched],
    );
    const search = {
      archiveIds: [searched],
      query: 'unrelated',
      embedding: Array.from({ length: 384 }, (_, index) => (index === 0 ? 1 : 0)),
      tags: [],
      tagMatch: 'any' as const,
      startAt: null,
      endAt: null,
      limit: 10,
    };
    const plain = await createPassageSearchRepository(onVectorIndex(database, false)).search(search);
    assert.ok(plain.length < 10, 'the case is one in which the plain scan finds too few');
    const found = await createPassageSearchRepository(onVectorIndex(database, true)).search(search);
    assert.equal(found.length, 10);
    assert.ok(found.every(passage => passage.archiveId === searched && passage.vectorRank !== null));
  });
});
