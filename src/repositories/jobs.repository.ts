import type { JobKind, JobStatus } from '../domain/jobs/job.js';
import type { Database } from './database.js';
import { requireCursors } from './page-cursors.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

export interface JobRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly kind: JobKind;
  readonly subjectId: string;
  readonly status: JobStatus;
  readonly total: number;
  readonly done: number;
  readonly report: Readonly<Record<string, unknown>>;
  readonly error: string | null;
  readonly createdById: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly completedAt: Date | null;
}

export const jobColumns = `j.id, j.organization_id as "organizationId", j.kind, j.subject_id as "subjectId", j.status, j.total, j.done, j.report, j.error,
  j.created_by_id as "createdById", j.created_at as "createdAt", j.updated_at as "updatedAt", j.completed_at as "completedAt"`;

/** Younger ones are left to those who have just made them, in seconds. */
const graceSeconds = 2;

export function createJobsRepository(database: Database) {
  return {
    async find(organizationId: string, id: string): Promise<JobRecord | null> {
      const sql = `select ${jobColumns} from jobs j where j.organization_id = $1 and j.id = $2`;
      return (await database.query<JobRecord>(sql, [organizationId, id]))[0] ?? null;
    },

    async list(organizationId: string, isActive: boolean, page: KeysetPage): Promise<JobRecord[]> {
      await requireCursors(database, { name: 'jobs', noun: 'Job' }, { organization_id: organizationId }, page);
      const conditions = createConditions();
      conditions.add('j.organization_id = $?', organizationId);
      if (isActive) conditions.add('(j.completed_at is null) = $?', true);
      const tail = keyset(conditions, page, { name: 'jobs', alias: 'j', column: 'created_at' });
      return database.query<JobRecord>(`select ${jobColumns} from jobs j ${tail}`, conditions.parameters);
    },

    /** What it has done stays done. One that has ended stays as it is. */
    async cancel(organizationId: string, id: string): Promise<void> {
      await database.query(
        `update jobs set status = 'cancelled', completed_at = now(), updated_at = now() where organization_id = $1 and id = $2 and completed_at is null`,
        [organizationId, id],
      );
    },

    async delete(organizationId: string, id: string): Promise<'deleted' | 'open' | 'missing'> {
      const [row] = await database.query<{ isOver: boolean }>(
        `with found as (select id, completed_at is not null as over from jobs where organization_id = $1 and id = $2 for update), gone as (
           delete from jobs j using found where j.id = found.id and found.over)
         select over as "isOver" from found`,
        [organizationId, id],
      );
      if (row === undefined) return 'missing';
      return row.isOver ? 'deleted' : 'open';
    },

    /** Why the last try went wrong, or, where it `ends` the job, why that has failed. */
    async noteFailure(id: string, error: string, ends: boolean): Promise<void> {
      await database.query(
        `update jobs set error = $2, updated_at = now(), status = case when $3 then 'failed' else status end, completed_at = case when $3 then now() end
          where id = $1 and completed_at is null`,
        [id, error, ends],
      );
    },

    /** Jobs that have not ended, by id, after `after`. */
    listOpen: (after: string, limit: number): Promise<Pick<JobRecord, 'id' | 'kind'>[]> =>
      database.query(
        `select id, kind from jobs where completed_at is null and id > $1 and created_at < now() - interval '${graceSeconds} seconds' order by id limit $2`,
        [after, limit],
      ),
  };
}

export type JobsRepository = ReturnType<typeof createJobsRepository>;
