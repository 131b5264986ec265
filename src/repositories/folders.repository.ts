import type { EmbeddingConfig } from '../domain/model/model-config.js';
import type { Database, TransactionalDatabase } from './database.js';
import { insertDeletion } from './file-deletions.repository.js';
import { lockConversationsOf, markAgentsStale } from './lock-agents.js';
import { requireCursors } from './page-cursors.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

export interface FolderRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly description: string | null;
  readonly instructions: string | null;
  readonly embeddingConfig: EmbeddingConfig;
  readonly vectorDbProvider: string;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdById: string | null;
  readonly lastUpdatedById: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export interface NewFolder {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly description: string | null;
  readonly instructions: string | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly embeddingConfig: EmbeddingConfig;
  readonly userId: string;
}

/** Null or absent = it stays. */
export interface FolderChange {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly instructions?: string | null | undefined;
  readonly metadata?: Readonly<Record<string, unknown>> | null | undefined;
  /** Of a folder without files. */
  readonly embeddingConfig?: EmbeddingConfig | null | undefined;
}

export interface FolderStats {
  readonly id: string;
  readonly name: string;
  readonly fileCount: number;
  /** Bytes. */
  readonly totalSize: number;
  /** Null = they were not asked for. */
  readonly files: readonly { readonly id: string; readonly name: string; readonly size: number | null }[] | null;
}

export interface FolderFilter {
  readonly organizationId: string;
  readonly name?: string | undefined;
  readonly agentId?: string | undefined;
}

/** A row under the alias `s` as a FolderRecord, for lists and for members of an agent alike: its times are text. */
export const folderObject = `jsonb_build_object('id', s.id, 'organizationId', s.organization_id, 'name', s.name, 'description', s.description,
  'instructions', s.instructions, 'embeddingConfig', s.embedding_config, 'vectorDbProvider', s.vector_db_provider, 'metadata', s.metadata,
  'createdById', s.created_by_id, 'lastUpdatedById', s.last_updated_by_id, 'createdAt', s.created_at, 'updatedAt', s.updated_at)`;

interface FolderJson {
  readonly folder: FolderRecord;
}

export function createFoldersRepository(database: TransactionalDatabase) {
  return {
    async list(filter: FolderFilter, page: KeysetPage): Promise<FolderRecord[]> {
      await requireCursors(database, { name: 'sources', noun: 'Folder' }, { organization_id: filter.organizationId }, page);
      const conditions = createConditions();
      conditions.add('s.organization_id = $? and s.deleted_at is null', filter.organizationId);
      conditions.addIf(filter.name, 's.name = $?');
      conditions.addIf(filter.agentId, 'exists (select from sources_agents x where x.source_id = s.id and x.agent_id = $?)');
      const tail = keyset(conditions, page, { name: 'sources', alias: 's', column: 'created_at' });
      const rows = await database.query<FolderJson>(`select ${folderObject} as folder from sources s ${tail}`, conditions.parameters);
      return rows.map(row => row.folder);
    },

    async count(organizationId: string): Promise<number> {
      const sql = 'select count(*)::int as n from sources where organization_id = $1 and deleted_at is null';
      return (await database.query<{ n: number }>(sql, [organizationId]))[0]?.n ?? 0;
    },

    async find(organizationId: string, id: string): Promise<FolderRecord | null> {
      const sql = `select ${folderObject} as folder from sources s where s.organization_id = $1 and s.id = $2 and s.deleted_at is null`;
      return (await database.query<FolderJson>(sql, [organizationId, id]))[0]?.folder ?? null;
    },

    /** The first of the ids that is no folder; null = all are. */
    async firstMissing(organizationId: string, ids: readonly string[]): Promise<string | null> {
      if (ids.length === 0) return null;
      const rows = await database.query<{ id: string }>(
        'select id from sources where organization_id = $1 and id = any($2) and deleted_at is null',
        [organizationId, ids],
      );
      return ids.find(id => !rows.some(row => row.id === id)) ?? null;
    },

    async create(folder: NewFolder): Promise<FolderRecord> {
      const [row] = await database.query<FolderJson>(
        `with s as (
           insert into sources (id, organization_id, name, description, instructions, metadata, embedding_config, created_by_id, last_updated_by_id)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $8) returning *
         ) select ${folderObject} as folder from s`,
        [
          folder.id,
          folder.organizationId,
          folder.name,
          folder.description,
          folder.instructions,
          folder.metadata === null ? null : JSON.stringify(folder.metadata),
          JSON.stringify(folder.embeddingConfig),
          folder.userId,
        ],
      );
      if (row === undefined) throw new Error(`Folder ${folder.id} was not inserted`);
      return row.folder;
    },

    /** `has-files` = another embedding model was asked for, and there are files whose vectors are of the one that it has. Null = no such folder. */
    update: (organizationId: string, userId: string, id: string, change: FolderChange): Promise<FolderRecord | 'has-files' | null> =>
      database.transaction(async transaction => {
        const agentIds = await agentsOf(transaction, id);
        await lockConversationsOf(transaction, agentIds);
        const [row] = await transaction.query<FolderJson & { hasFiles: boolean }>(updateSql, [
          organizationId,
          id,
          userId,
          change.name ?? null,
          change.description ?? null,
          change.instructions ?? null,
          change.metadata == null ? null : JSON.stringify(change.metadata),
          change.embeddingConfig == null ? null : JSON.stringify(change.embeddingConfig),
        ]);
        if (row === undefined) return null;
        if (row.hasFiles) return 'has-files';
        await markAgentsStale(transaction, agentIds);
        return row.folder;
      }),

    /** It is gone from every list and from its agents; a job takes its files away. The job's id, or null where there is no such folder. */
    delete: (organizationId: string, userId: string, id: string, jobId: string): Promise<string | null> =>
      database.transaction(async transaction => {
        await lockConversationsOf(transaction, await agentsOf(transaction, id));
        const gone = await transaction.query(
          'update sources set deleted_at = now() where organization_id = $1 and id = $2 and deleted_at is null returning id',
          [organizationId, id],
        );
        if (gone.length === 0) return null;
        const agents = await transaction.query<{ agentId: string }>(detachSql, [id]);
        await markAgentsStale(
          transaction,
          agents.map(({ agentId }) => agentId),
        );
        return insertDeletion(transaction, { jobId, organizationId, subjectId: id, userId });
      }),

    /** All folders of an organisation with the number and the size of their files. */
    async stats(organizationId: string, detailed: boolean): Promise<FolderStats[]> {
      const rows = await database.query<FolderStats>(
        `select s.id, s.name, count(f.id)::int as "fileCount", coalesce(sum(f.file_size), 0)::float8 as "totalSize",
                case when $2 then coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.file_name, 'size', f.file_size) order by f.created_at, f.id)
                                           filter (where f.id is not null), '[]') end as files
           from sources s left join files f on f.source_id = s.id and f.deleted_at is null
          where s.organization_id = $1 and s.deleted_at is null group by s.id order by s.created_at, s.id`,
        [organizationId, detailed],
      );
      return rows;
    },

    /** The ids of the agents that have a folder. */
    async agentIds(folderId: string, page: KeysetPage): Promise<string[]> {
      const conditions = createConditions();
      conditions.add('exists (select from sources_agents x where x.agent_id = a.id and x.source_id = $?)', folderId);
      const tail = keyset(conditions, page, { name: 'agents', alias: 'a', column: 'created_at' });
      const rows = await database.query<{ id: string }>(`select a.id from agents a ${tail}`, conditions.parameters);
      return rows.map(({ id }) => id);
    },
  };
}

export type FoldersRepository = ReturnType<typeof createFoldersRepository>;

async function agentsOf(transaction: Database, folderId: string): Promise<string[]> {
  const rows = await transaction.query<{ agentId: string }>('select agent_id as "agentId" from sources_agents where source_id = $1', [
    folderId,
  ]);
  return rows.map(({ agentId }) => agentId);
}

/** The tools of files go with an agent's last folder. */
const detachSql = `
with unlinked as (
  delete from sources_agents where source_id = $1 returning agent_id
), files as (
  delete from files_agents where source_id = $1
), tools as (
  delete from tools_agents ta using unlinked u, tools t
   where ta.agent_id = u.agent_id and t.id = ta.tool_id and t.tool_type = 'letta_files_core'
     and not exists (select from sources_agents other where other.agent_id = u.agent_id and other.source_id <> $1)
)
select agent_id as "agentId" from unlinked`;

const updateSql = `
with found as (
  select s.id, $8::jsonb is not null and s.embedding_config is distinct from $8::jsonb
                 and exists (select from files f where f.source_id = s.id and f.deleted_at is null) as has_files
    from sources s where s.organization_id = $1 and s.id = $2 and s.deleted_at is null for update of s
), changed as (
  update sources s set name = coalesce($4, name), description = coalesce($5, description), instructions = coalesce($6, instructions),
         metadata = coalesce($7::jsonb, metadata), embedding_config = coalesce($8::jsonb, embedding_config), last_updated_by_id = $3, updated_at = now()
    from found where s.id = found.id and not found.has_files returning s.*
)
select found.has_files as "hasFiles", (select ${folderObject} from changed s) as folder from found`;
