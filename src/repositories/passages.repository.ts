import type { EmbeddingConfig } from '../domain/model/model-config.js';
import type { Database } from './database.js';
import { deriveId } from './derived-ids.js';
import { requireCursors } from './page-cursors.js';
import { markStaleReaders } from './stale-conversations.js';
import { toVectorLiteral } from './vector.js';

export interface Passage {
  readonly id: string;
  readonly organizationId: string;
  readonly archiveId: string;
  readonly text: string;
  readonly embeddingConfig: EmbeddingConfig | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tags: readonly string[];
  readonly createdById: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Where an agent's passages go, and how they are embedded. */
export interface ArchivePlace {
  readonly archiveId: string;
  readonly organizationId: string;
  /** Null = passages are found by their words alone. */
  readonly embeddingConfig: EmbeddingConfig | null;
}

export interface NewPassage {
  readonly id: string;
  readonly text: string;
  readonly tags: readonly string[];
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Null = now. */
  readonly createdAt: Date | null;
  readonly embedding: readonly number[] | null;
  /** The insertion's idempotency key. */
  readonly toolCallId: string | null;
  readonly createdById: string | null;
}

export interface PassagePage {
  readonly archiveId: string;
  readonly after: string | null;
  readonly before: string | null;
  readonly limit: number;
  readonly ascending: boolean;
  /** Words that the text has to hold. */
  readonly search: string | null;
}

export const passageColumns = `p.id, p.organization_id as "organizationId", p.archive_id as "archiveId", p.text, p.embedding_config as "embeddingConfig",
  coalesce(p.metadata, '{}') as metadata, p.tags, p.created_by_id as "createdById", p.created_at as "createdAt", p.updated_at as "updatedAt"`;

export function createPassagesRepository(database: Database) {
  return {
    /** The agent's archive, or null when it has none yet. */
    async archiveOf(agentId: string): Promise<ArchivePlace | null> {
      const rows = await database.query<ArchivePlace>(
        `select a.id as "archiveId", a.organization_id as "organizationId", a.embedding_config as "embeddingConfig"
           from archives_agents aa join archives a on a.id = aa.archive_id where aa.agent_id = $1 order by aa.created_at limit 1`,
        [agentId],
      );
      return rows[0] ?? null;
    },

    /** The agent's archive, made at the first insertion. Its id derives from the agent's, so two first insertions make one. Null = no such agent. */
    async ensureArchive(agentId: string): Promise<ArchivePlace | null> {
      const rows = await database.query<ArchivePlace>(ensureSql, [agentId, deriveId('archive', agentId)]);
      return rows[0] ?? null;
    },

    /** Inserts a passage, once for each tool call. */
    async insert(place: ArchivePlace, passage: NewPassage): Promise<Passage> {
      const rows = await database.query<Passage>(insertSql, [
        passage.id,
        place.organizationId,
        place.archiveId,
        passage.text,
        passage.embedding === null ? null : toVectorLiteral(passage.embedding),
        passage.embedding?.length ?? null,
        place.embeddingConfig === null ? null : JSON.stringify(place.embeddingConfig),
        JSON.stringify(passage.metadata),
        passage.tags,
        passage.toolCallId,
        passage.createdById,
        passage.createdAt,
      ]);
      const row = rows[0];
      if (row === undefined) throw new Error(`Passage ${passage.id} was not inserted`);
      return row;
    },

    /** A page by creation time. The cursors are passage ids. */
    async list(page: PassagePage): Promise<Passage[]> {
      await requireCursors(database, { name: 'passages', noun: 'Passage' }, { archive_id: page.archiveId }, page);
      return database.query<Passage>(
        `select ${passageColumns} from passages p
          where p.archive_id = $1
            and ($2::text is null or (p.created_at, p.id) ${page.ascending ? '>' : '<'} (select created_at, id from passages where id = $2))
            and ($3::text is null or (p.created_at, p.id) ${page.ascending ? '<' : '>'} (select created_at, id from passages where id = $3))
            and ($4::text is null or p.text ilike '%' || replace(replace(replace($4, '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%')
          order by p.created_at ${page.ascending ? 'asc' : 'desc'}, p.id ${page.ascending ? 'asc' : 'desc'} limit $5`,
        [page.archiveId, page.after, page.before, page.search, page.limit],
      );
    },

    /** The count that the prompt shows changes with it. False when the archive has no such passage. */
    async delete(archiveId: string, passageId: string): Promise<boolean> {
      const rows = await database.query(
        `with deleted as (
           delete from passages where archive_id = $1 and id = $2 returning id, archive_id
         ), ${markStaleReaders('deleted')}
         select id from deleted`,
        [archiveId, passageId],
      );
      return rows.length > 0;
    },
  };
}

export type PassagesRepository = ReturnType<typeof createPassagesRepository>;

const ensureSql = `
with existing as (
  select a.id, a.organization_id, a.embedding_config from archives_agents aa join archives a on a.id = aa.archive_id
   where aa.agent_id = $1 order by aa.created_at limit 1
), made as (
  insert into archives (id, organization_id, name, description, embedding_config)
  select $2, organization_id, name || '''s Archive', 'Default archive created automatically', embedding_config from agents
   where id = $1 and not exists (select from existing)
  on conflict (id) do update set updated_at = archives.updated_at
  returning id, organization_id, embedding_config
), linked as (
  insert into archives_agents (agent_id, archive_id, is_owner) select $1, id, true from made on conflict do nothing
)
select id as "archiveId", organization_id as "organizationId", embedding_config as "embeddingConfig" from existing
union all select id, organization_id, embedding_config from made`;

const insertSql = `
with inserted as (
  insert into passages (id, organization_id, archive_id, text, embedding, embedding_dim, embedding_config, metadata, tags, tool_call_id, created_by_id, created_at)
  values ($1, $2, $3, $4, $5::vector, $6, $7, $8, $9, $10, $11, coalesce($12, now()))
  on conflict (archive_id, tool_call_id) where tool_call_id is not null do nothing
  returning *
), ${markStaleReaders('inserted')}
select ${passageColumns} from inserted p
union all select ${passageColumns} from passages p where p.archive_id = $3 and p.tool_call_id = $10 and not exists (select from inserted)`;
