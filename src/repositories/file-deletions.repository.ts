import type { JobProgress } from '../domain/jobs/job.js';
import type { Database, TransactionalDatabase } from './database.js';

export interface NewDeletion {
  readonly jobId: string;
  readonly organizationId: string;
  /** A folder or a file, which is marked as deleted. */
  readonly subjectId: string;
  readonly userId: string | null;
}

/** What comes next: rows were deleted and there may be more; the bytes of a file are to go, then its row; or it is done. */
export type DeletionStep =
  { readonly kind: 'rows' } | { readonly kind: 'object'; readonly fileId: string; readonly key: string | null } | { readonly kind: 'over' };

/** Makes the job that takes away what is marked as deleted; the one that is under way where there is one. */
export async function insertDeletion(transaction: Database, { jobId, organizationId, subjectId, userId }: NewDeletion): Promise<string> {
  const [job] = await transaction.query<{ id: string }>(
    `insert into jobs (id, organization_id, kind, subject_id, created_by_id) values ($1, $2, 'deleteFiles', $3, $4)
     on conflict (kind, subject_id) where completed_at is null do update set updated_at = now() returning id`,
    [jobId, organizationId, subjectId, userId],
  );
  return job?.id ?? jobId;
}

/** Passages and parts of texts go in batches, so that no statement holds its locks for long: a folder may have millions of them. */
export function createFileDeletionsRepository(database: TransactionalDatabase) {
  return {
    /** Deletes the next rows, or says what is to be done instead. What is left says where it stands. */
    step: (jobId: string, limit: number): Promise<DeletionStep> => database.transaction(transaction => step(transaction, jobId, limit)),

    /** The bytes of the file are gone: so is its row. */
    async finishFile(jobId: string, fileId: string): Promise<void> {
      await database.query(
        `with gone as (
           delete from files where id = $2 and (deleted_at is not null or source_id in (select id from sources where deleted_at is not null)) returning id
         )
         update jobs set done = done + 1, total = greatest(total, done + 1), status = 'running', updated_at = now()
          where id = $1 and exists (select from gone)`,
        [jobId, fileId],
      );
    },

    async progress(jobId: string): Promise<JobProgress> {
      const sql = 'select done, total, completed_at is not null as "isOver" from jobs where id = $1';
      return (await database.query<JobProgress>(sql, [jobId]))[0] ?? { done: 0, total: 0, isOver: true };
    },
  };
}

export type FileDeletionsRepository = ReturnType<typeof createFileDeletionsRepository>;

async function step(transaction: Database, jobId: string, limit: number): Promise<DeletionStep> {
  const [job] = await transaction.query<{ subjectId: string }>(
    `select subject_id as "subjectId" from jobs where id = $1 and completed_at is null for update`,
    [jobId],
  );
  if (job === undefined) return { kind: 'over' };
  const [file] = await transaction.query<{ id: string; key: string | null }>(nextFileSql, [job.subjectId]);
  if (file === undefined) {
    await transaction.query('delete from sources where id = $1 and deleted_at is not null', [job.subjectId]);
    await transaction.query(`update jobs set status = 'completed', completed_at = now(), updated_at = now() where id = $1`, [jobId]);
    return { kind: 'over' };
  }
  const [{ n } = { n: 0 }] = await transaction.query<{ n: number }>(rowsSql, [file.id, limit]);
  return n > 0 ? { kind: 'rows' } : { kind: 'object', fileId: file.id, key: file.key };
}

const nextFileSql = `
select f.id, f.object_key as key from files f join sources s on s.id = f.source_id
 where (f.id = $1 and f.deleted_at is not null) or (s.id = $1 and s.deleted_at is not null) order by f.id limit 1`;

const rowsSql = `
with passages_gone as (
  delete from passages where id in (select id from passages where file_id = $1 order by chunk_index limit $2) returning 1
), parts_gone as (
  delete from file_contents where file_id = $1 and part in (select part from file_contents where file_id = $1 order by part limit $2) returning 1
)
select (select count(*) from passages_gone)::int + (select count(*) from parts_gone)::int as n`;
