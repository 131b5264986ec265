import { embeddingKey } from '../domain/model/embedder.js';
import type { EmbeddingConfig } from '../domain/model/model-config.js';
import type { ArchivePlace } from './archive-places.js';
import { passageHash } from './content-hash.js';
import type { Database } from './database.js';
import { requireCursors } from './page-cursors.js';
import { markStaleReaders } from './stale-conversations.js';
import { toVectorLiteral } from './vector.js';

export interface Passage {
  readonly id: string;
  readonly organizationId: string;
  /** Null = it is a piece of a file. */
  readonly archiveId: string | null;
  readonly text: string;
  readonly embeddingConfig: EmbeddingConfig | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly createdById: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewPassage {
  readonly id: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Null = now. */
  readonly createdAt: Date | null;
  /** Of the archive's embedding model. */
  readonly embedding: readonly number[] | null;
  /** Null = a person inserts it. */
  readonly toolCallId: string | null;
  readonly createdById: string | null;
}

export interface PassagePage {
  readonly archiveIds: readonly string[];
  readonly after: string | null;
  readonly before: string | null;
  readonly limit: number;
  readonly ascending: boolean;
  /** Words that the text has to hold. */
  readonly search: string | null;
}

export const passageColumns = `p.id, p.organization_id as "organizationId", p.archive_id as "archiveId", p.text, p.embedding_config as "embeddingConfig",
  coalesce(p.metadata, '{}') as metadata, p.tags, p.created_by_id as "createdById", p.created_at as "createdAt", p.updated_at as "updatedAt"`;

/** Passages that one statement inserts: their vectors are long. */
const insertionBatch = 200;

export function createPassagesRepository(database: Database) {
  return {
    /**
     * Inserts passages, in their order. A text that the archive has already, with the same given time or both without, is not inserted again: it gets the
     * tags and the metadata as well. So each can be repeated. Null when the place's archive is gone or has another embedding model by now.
     */
    async insert(place: ArchivePlace, passages: readonly NewPassage[]): Promise<Passage[] | null> {
      const merged = mergeEqual(passages);
      const byHash = new Map<string, Passage>();
      for (let from = 0; from < merged.length; from += insertionBatch) {
        const batch = merged.slice(from, from + insertionBatch);
        const { organizationId, archiveId, embeddingConfig: config } = place;
        const rows = await database.query<Passage & { hash: string }>(insertSql, [
          organizationId,
          archiveId,
          config === null ? null : JSON.stringify(config),
          config === null ? null : embeddingKey(config),
          JSON.stringify(batch.map(toRow)),
        ]);
        if (rows.length < batch.length) return null;
        for (const { hash, ...passage } of rows) byHash.set(hash, passage);
      }
      return passages.flatMap(passage => byHash.get(passageHash(passage.text, passage.createdAt)) ?? []);
    },

    /** A page by creation time. The cursors are passage ids. */
    async list(page: PassagePage): Promise<Passage[]> {
      const { archiveIds, after, before, search, limit } = page;
      if (archiveIds.length === 0) return [];
      await requireCursors(database, { name: 'passages', noun: 'Passage' }, { archive_id: archiveIds }, page);
      return database.query<Passage>(listSql(page.ascending), [archiveIds, after, before, search, limit]);
    },

    /** The count that the prompt shows changes with it. False when none of the archives has such a passage. */
    async delete(archiveIds: readonly string[], passageId: string): Promise<boolean> {
      const rows = await database.query(
        `with deleted as (
           delete from passages where archive_id = any($1) and id = $2 returning id, archive_id
         ), ${markStaleReaders('deleted')}
         select id from deleted`,
        [archiveIds, passageId],
      );
      return rows.length > 0;
    },
  };
}

export type PassagesRepository = ReturnType<typeof createPassagesRepository>;

/** One statement cannot write a row twice. */
function mergeEqual(passages: readonly NewPassage[]): NewPassage[] {
  const merged = new Map<string, NewPassage>();
  for (const passage of passages) {
    const hash = passageHash(passage.text, passage.createdAt);
    const known = merged.get(hash);
    const tags = [...new Set([...(known?.tags ?? []), ...passage.tags])];
    merged.set(hash, { ...(known ?? passage), tags, metadata: { ...known?.metadata, ...passage.metadata } });
  }
  return [...merged.values()];
}

function toRow(passage: NewPassage) {
  return {
    id: passage.id,
    text: passage.text,
    hash: passageHash(passage.text, passage.createdAt),
    vector: passage.embedding === null ? null : toVectorLiteral(passage.embedding),
    metadata: passage.metadata,
    tags: passage.tags,
    tool_call_id: passage.toolCallId,
    created_by_id: passage.createdById,
    created_at: passage.createdAt,
  };
}

/**
 * The archive's row is held, so that its model stays until the vectors are committed. In the order of the hashes: two that insert the same texts never wait for each other in a circle. What two have inserted belongs to neither's tool call:
 * the undoing of one's run must not take it from the other. A vector of another model, or none, gives way to one of the archive's.
 */
const insertSql = `
with place as (
  select id, organization_id from archives where id = $2 and organization_id = $1 and embedding_config is not distinct from $3::jsonb for share
), given as (
  select n.*, (row_number() over ())::int as number from jsonb_to_recordset($5::jsonb) as n (
    id text, text text, hash text, vector text, metadata jsonb, tags text[], tool_call_id text, created_by_id text, created_at timestamptz)
), inserted as (
  insert into passages as p (id, organization_id, archive_id, text, content_hash, embedding, embedding_dim, embedding_config, embedding_model, metadata, tags,
                             tool_call_id, created_by_id, created_at)
  select given.id, place.organization_id, place.id, text, hash, vector::vector, vector_dims(vector::vector), case when vector is not null then $3::jsonb end,
         case when vector is not null then $4 end, metadata, tags, tool_call_id, created_by_id, coalesce(created_at, now() + (number - 1) * interval '1 millisecond')
    from given, place order by hash
  on conflict (archive_id, content_hash) do update set
    tags = p.tags || array(select tag from unnest(excluded.tags) as tag where tag <> all (p.tags)),
    metadata = coalesce(p.metadata, '{}') || excluded.metadata,
    tool_call_id = case when p.tool_call_id = excluded.tool_call_id then p.tool_call_id end,
    embedding = case when p.embedding_model is distinct from excluded.embedding_model then coalesce(excluded.embedding, p.embedding) else p.embedding end,
    embedding_dim = case when p.embedding_model is distinct from excluded.embedding_model then coalesce(excluded.embedding_dim, p.embedding_dim) else p.embedding_dim end,
    embedding_config = case when p.embedding_model is distinct from excluded.embedding_model then coalesce(excluded.embedding_config, p.embedding_config) else p.embedding_config end,
    embedding_model = coalesce(excluded.embedding_model, p.embedding_model),
    updated_at = now()
  returning p.*
), changed as (
  select distinct archive_id from inserted
), ${markStaleReaders('changed')}
select ${passageColumns}, p.content_hash as hash from inserted p`;

/** Each archive's rows come from its index in order; a page needs only so many of each. */
function listSql(ascending: boolean): string {
  const [direction, later, earlier] = ascending ? ['asc', '>', '<'] : ['desc', '<', '>'];
  const order = `p.created_at ${direction}, p.id ${direction}`;
  return `
select p.* from unnest($1::text[]) as a (id), lateral (
  select ${passageColumns} from passages p
   where p.archive_id = a.id
     and ($2::text is null or (p.created_at, p.id) ${later} (select created_at, id from passages where id = $2))
     and ($3::text is null or (p.created_at, p.id) ${earlier} (select created_at, id from passages where id = $3))
     and ($4::text is null or p.text ilike '%' || replace(replace(replace($4, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
   order by ${order} limit $5) p
 order by p."createdAt" ${direction}, p.id ${direction} limit $5`;
}
