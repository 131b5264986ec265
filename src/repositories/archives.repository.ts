import type { JobStatus } from '../domain/jobs/job.js';
import type { EmbeddingConfig } from '../domain/model/model-config.js';
import { placeColumns } from './archive-places.js';
import type { ArchivePlace } from './archive-places.js';
import type { Database } from './database.js';
import { deriveId } from './derived-ids.js';
import { requireCursors } from './page-cursors.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';
import { markStaleReaders } from './stale-conversations.js';

/** The job that makes an archive's vectors anew. */
export interface ArchiveReembed {
  readonly jobId: string;
  readonly status: JobStatus;
  readonly total: number;
  readonly done: number;
  readonly error: string | null;
}

export interface ArchiveRecord extends ArchivePlace {
  /** The latest; null = there was none. */
  readonly reembed: ArchiveReembed | null;
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly vectorDbProvider: string;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly createdById: string | null;
  readonly lastUpdatedById: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface ArchiveFilter {
  readonly organizationId: string;
  readonly name?: string | undefined;
  readonly agentId?: string | undefined;
}

export interface NewArchive {
  readonly id: string;
  readonly organizationId: string;
  readonly name: string;
  readonly description: string | null;
  readonly embeddingConfig: EmbeddingConfig | null;
  readonly userId: string;
}

export interface ArchiveChange {
  /** Null or absent = it stays. */
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}

const columns = `a.id, ${placeColumns('a')}, a.name, a.description, a.vector_db_provider as "vectorDbProvider", a.metadata,
  a.created_by_id as "createdById", a.last_updated_by_id as "lastUpdatedById", a.created_at as "createdAt", a.updated_at as "updatedAt",
  (select jsonb_build_object('jobId', j.id, 'status', j.status, 'total', j.total, 'done', j.done, 'error', j.error)
     from jobs j where j.subject_id = a.id and j.kind = 'reembed' order by j.created_at desc, j.id limit 1) as reembed`;

/** An agent's archives: its own first, then in the order in which they were attached. */
const agentOrder = 'aa.is_owner desc, aa.created_at, aa.archive_id';

export function createArchivesRepository(database: Database) {
  return {
    async list(filter: ArchiveFilter, page: KeysetPage): Promise<ArchiveRecord[]> {
      await requireCursors(database, { name: 'archives', noun: 'Archive' }, { organization_id: filter.organizationId }, page);
      const conditions = createConditions();
      conditions.add('a.organization_id = $?', filter.organizationId);
      conditions.addIf(filter.name, 'a.name = $?');
      conditions.addIf(filter.agentId, 'exists (select from archives_agents x where x.archive_id = a.id and x.agent_id = $?)');
      const tail = keyset(conditions, page, { name: 'archives', alias: 'a', column: 'created_at' });
      return database.query<ArchiveRecord>(`select ${columns} from archives a ${tail}`, conditions.parameters);
    },

    async find(organizationId: string, id: string): Promise<ArchiveRecord | null> {
      const sql = `select ${columns} from archives a where a.organization_id = $1 and a.id = $2`;
      return (await database.query<ArchiveRecord>(sql, [organizationId, id]))[0] ?? null;
    },

    async create({ id, organizationId, name, description, embeddingConfig, userId }: NewArchive): Promise<ArchiveRecord> {
      const rows = await database.query<ArchiveRecord>(
        `with a as (
           insert into archives (id, organization_id, name, description, embedding_config, created_by_id, last_updated_by_id)
           values ($1, $2, $3, $4, $5, $6, $6) returning *
         ) select ${columns} from a`,
        [id, organizationId, name, description, jsonOf(embeddingConfig), userId],
      );
      const [archive] = rows;
      if (archive === undefined) throw new Error(`Archive ${id} was not inserted`);
      return archive;
    },

    /** Null = no such archive. */
    async update(organizationId: string, userId: string, id: string, { name, description }: ArchiveChange): Promise<ArchiveRecord | null> {
      const rows = await database.query<ArchiveRecord>(
        `with a as (
           update archives set name = coalesce($4, name), description = coalesce($5, description), last_updated_by_id = $3, updated_at = now()
            where organization_id = $1 and id = $2 returning *
         ) select ${columns} from a`,
        [organizationId, id, userId, name ?? null, description ?? null],
      );
      return rows[0] ?? null;
    },

    /** With its passages. False = no such archive. */
    async delete(organizationId: string, id: string): Promise<boolean> {
      const rows = await database.query(
        `with deleted as (
           delete from archives where organization_id = $1 and id = $2 returning id as archive_id
         ), ${markStaleReaders('deleted')}
         select archive_id from deleted`,
        [organizationId, id],
      );
      return rows.length > 0;
    },

    /** One that is attached stays as it is. */
    async attach(agentId: string, archiveId: string): Promise<void> {
      await database.query(
        `with linked as (
           insert into archives_agents (agent_id, archive_id, is_owner) values ($1, $2, false) on conflict do nothing
         ), ${markStaleAgent}
         select 1`,
        [agentId, archiveId],
      );
    },

    /** One that is not attached stays as it is. */
    async detach(agentId: string, archiveId: string): Promise<void> {
      await database.query(
        `with unlinked as (
           delete from archives_agents where agent_id = $1 and archive_id = $2
         ), ${markStaleAgent}
         select 1`,
        [agentId, archiveId],
      );
    },

    /** An agent's archives; passages are inserted into the first. */
    ofAgent: (organizationId: string, agentId: string): Promise<ArchivePlace[]> =>
      database.query<ArchivePlace>(
        `select ${placeColumns('a')} from archives_agents aa join archives a on a.id = aa.archive_id
          where aa.agent_id = $2 and a.organization_id = $1 order by ${agentOrder}`,
        [organizationId, agentId],
      ),

    /** The archives that were made for the agent. */
    ownedBy: (organizationId: string, agentId: string): Promise<ArchivePlace[]> =>
      database.query<ArchivePlace>(
        `select ${placeColumns('a')} from archives_agents aa join archives a on a.id = aa.archive_id
          where aa.agent_id = $2 and a.organization_id = $1 and aa.is_owner`,
        [organizationId, agentId],
      ),

    ofOrganization: (organizationId: string): Promise<ArchivePlace[]> =>
      database.query<ArchivePlace>(`select ${placeColumns('a')} from archives a where a.organization_id = $1`, [organizationId]),

    /**
     * The archive that an agent's passages go to, made at the first insertion with the agent's embedding model, or else with `fallback`. Its id derives from
     * the agent's, so that two first insertions make one; when somebody has taken that archive from the agent, another one is made. Null = no such agent.
     */
    async ensureForAgent(agentId: string, fallback: EmbeddingConfig | null): Promise<ArchivePlace | null> {
      for (let id = deriveId('archive', agentId); ; id = deriveId('archive', agentId, id)) {
        const [place] = await database.query<ArchivePlace & { agentExists: boolean; archiveId: string | null }>(ensureSql, [
          agentId,
          id,
          jsonOf(fallback),
        ]);
        if (place?.agentExists !== true) return null;
        const { agentExists: _, ...found } = place;
        if (found.archiveId !== null) return found;
      }
    },
  };
}

export type ArchivesRepository = ReturnType<typeof createArchivesRepository>;

function jsonOf(config: EmbeddingConfig | null): string | null {
  return config === null ? null : JSON.stringify(config);
}

/** What the prompt tells of the archives changes. */
const markStaleAgent = `stale as (
  update conversations set system_stale = true where id in (select id from conversations where agent_id = $1 order by id for no key update)
)`;

const ensureSql = `
with existing as (
  select a.* from archives_agents aa join archives a on a.id = aa.archive_id where aa.agent_id = $1 order by ${agentOrder} limit 1
), made as (
  insert into archives (id, organization_id, name, description, embedding_config)
  select $2, organization_id, name || '''s Archive', 'Default archive created automatically', coalesce(embedding_config, $3) from agents
   where id = $1 and not exists (select from existing) and not exists (select from archives where id = $2)
  on conflict (id) do update set updated_at = archives.updated_at
  returning *
), linked as (
  insert into archives_agents (agent_id, archive_id, is_owner) select $1, id, true from made on conflict do nothing
), place as (
  select * from existing union all select * from made
)
select g.id is not null as "agentExists", ${placeColumns('p')} from agents g left join place p on true where g.id = $1`;
