import type { JobProgress } from '../domain/jobs/job.js';
import type { Database, TransactionalDatabase } from './database.js';
import { planOf } from './purge-plans.js';

export interface NewPurge {
  readonly jobId: string;
  readonly organizationId: string;
  /** An identity, an agent, an archive. */
  readonly subjectId: string;
  readonly userId: string;
}

export interface PurgeStep extends JobProgress {
  /** Agents that still have to end their runs before anything of theirs can go. */
  readonly waitingFor: readonly string[];
}

const over: PurgeStep = { done: 0, total: 0, isOver: true, waitingFor: [] };

export function createPurgeRepository(database: TransactionalDatabase) {
  return {
    /** Makes the job that deletes an identity with all that is its own; the one that is under way when there is one. Null = no such identity. */
    startOfIdentity: (purge: NewPurge): Promise<string | null> =>
      start(database, purge, 'select id from identities where organization_id = $2 and id = $3'),

    /** As above, for an agent or an archive that has more rows than `most`: what goes at once would take too long. Null = it has not, or there is none. */
    startIfLarge: (purge: NewPurge, most: number): Promise<string | null> =>
      start(database, purge, purge.subjectId.startsWith('agent-') ? largeAgentSql(most) : largeArchiveSql(most)),

    /** Deletes the next rows and counts them, in one transaction. What is left says where it stands, so it can be repeated, and cut off anywhere. */
    step: (jobId: string, limit: number): Promise<PurgeStep> => database.transaction(transaction => step(transaction, jobId, limit)),
  };
}

export type PurgeRepository = ReturnType<typeof createPurgeRepository>;

async function start(
  database: Database,
  { jobId, organizationId, subjectId, userId }: NewPurge,
  subjectSql: string,
): Promise<string | null> {
  const [job] = await database.query<{ id: string }>(
    `insert into jobs (id, organization_id, kind, subject_id, created_by_id) select $1, $2, 'purge', subject.id, $4 from (${subjectSql}) subject
     on conflict (kind, subject_id) where completed_at is null do update set updated_at = now() returning id`,
    [jobId, organizationId, subjectId, userId],
  );
  return job?.id ?? null;
}

function largeAgentSql(most: number): string {
  return `select a.id from agents a where a.organization_id = $2 and a.id = $3 and exists (select from messages m where m.agent_id = a.id offset ${most} limit 1)`;
}

function largeArchiveSql(most: number): string {
  return `select a.id from archives a where a.organization_id = $2 and a.id = $3 and exists (select from passages p where p.archive_id = a.id offset ${most} limit 1)`;
}

async function step(transaction: Database, jobId: string, limit: number): Promise<PurgeStep> {
  const [job] = await transaction.query<{ subjectId: string; organizationId: string; done: number }>(
    `select subject_id as "subjectId", organization_id as "organizationId", done from jobs where id = $1 and completed_at is null for update`,
    [jobId],
  );
  if (job === undefined) return over;
  const { subjectId, organizationId } = job;
  const { terminateSql, openSql, stages } = planOf(subjectId);
  if (terminateSql !== null) await transaction.query(terminateSql, [subjectId, organizationId]);
  const waiting = openSql === null ? [] : await transaction.query<{ id: string }>(openSql, [subjectId, organizationId]);
  const waitingFor = waiting.map(({ id }) => id);
  if (waitingFor.length > 0) return { ...over, done: job.done, isOver: false, waitingFor };
  for (const [index, { name, sql }] of stages.entries()) {
    const [{ n } = { n: 0 }] = await transaction.query<{ n: number }>(sql, [subjectId, organizationId, limit]);
    if (n === 0) continue;
    const isOver = index === stages.length - 1;
    await transaction.query(
      `update jobs set status = case when $4 then 'completed' else 'running' end, completed_at = case when $4 then now() end, updated_at = now(),
              done = done + $3, total = done + $3, report = report || jsonb_build_object($2::text, coalesce((report ->> $2)::int, 0) + $3::int) where id = $1`,
      [jobId, name, n, isOver],
    );
    return { done: job.done + n, total: job.done + n, isOver, waitingFor };
  }
  await transaction.query(`update jobs set status = 'completed', completed_at = now(), updated_at = now() where id = $1`, [jobId]);
  return { ...over, done: job.done, total: job.done };
}
