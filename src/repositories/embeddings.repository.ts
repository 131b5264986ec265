import { contentHash } from './content-hash.js';
import type { Database } from './database.js';
import { toVectorLiteral } from './vector.js';

/** How many one statement deletes: it holds its locks shortly. */
const deletionBatch = 1000;

/** What was embedded before: by model, and by the text, of which the hash alone is kept. */
export function createEmbeddingsRepository(database: Database) {
  return {
    async find(model: string, texts: readonly string[]): Promise<ReadonlyMap<string, readonly number[]>> {
      const hashes = texts.map(contentHash);
      const rows = await database.query<{ hash: string; vector: string }>(findSql, [model, hashes]);
      const vectors = new Map(rows.map(row => [row.hash, JSON.parse(row.vector) as number[]]));
      return new Map(texts.flatMap((text, index) => entryOf(text, vectors.get(hashes[index] ?? ''))));
    },

    async add(model: string, vectors: ReadonlyMap<string, readonly number[]>): Promise<void> {
      // In the order of the hashes: two that add the same never wait for each other in a circle.
      await database.query(
        `insert into embeddings (model, content_hash, embedding)
         select $1, hash, vector::vector from unnest($2::text[], $3::text[]) as made(hash, vector) order by hash on conflict do nothing`,
        [model, [...vectors.keys()].map(contentHash), [...vectors.values()].map(toVectorLiteral)],
      );
    },

    /** Deletes what nobody has used for so long, and the least used beyond so many rows. True = there may be more. */
    async deleteUnused(days: number, mostRows: number): Promise<boolean> {
      const rows = await database.query(
        `delete from embeddings where (model, content_hash) in (
           select model, content_hash from embeddings
            where used_at <= greatest(now() - $1::int * interval '1 day', (select used_at from embeddings order by used_at desc offset $2 limit 1))
            order by used_at limit ${deletionBatch}
         ) returning 1`,
        [days, mostRows],
      );
      return rows.length === deletionBatch;
    },
  };
}

export type EmbeddingsRepository = ReturnType<typeof createEmbeddingsRepository>;

function entryOf(text: string, vector: readonly number[] | undefined): (readonly [string, readonly number[]])[] {
  return vector === undefined ? [] : [[text, vector]];
}

/** Rows that another look-up marks as used right now need no second mark. */
const findSql = `
with found as (
  select content_hash, embedding, used_at from embeddings where model = $1 and content_hash = any($2)
), marked as (
  update embeddings set used_at = now() where model = $1 and content_hash in (
    select content_hash from embeddings
     where model = $1 and content_hash in (select content_hash from found where used_at < now() - interval '1 day')
       for no key update skip locked)
)
select content_hash as hash, embedding::text as vector from found`;
