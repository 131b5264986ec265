import type { EmbedOutcome } from '../domain/model/embed-each.js';
import { embeddingKey } from '../domain/model/embedder.js';
import type { EmbeddingConfig } from '../domain/model/model-config.js';
import { ModelError } from '../domain/model/model-error.js';
import type { JobProgress } from '../domain/jobs/job.js';
import type { Database, TransactionalDatabase } from './database.js';
import { toVectorLiteral } from './vector.js';

export interface NewReembed {
  readonly jobId: string;
  readonly organizationId: string;
  readonly archiveId: string;
  readonly config: EmbeddingConfig;
  readonly userId: string;
}

type Cursor = readonly [createdAt: string, id: string] | null;

/** The passages whose vectors are made next. */
export interface ReembedBatch {
  readonly jobId: string;
  readonly config: EmbeddingConfig;
  readonly cursor: Cursor;
  readonly passages: readonly { readonly id: string; readonly text: string; readonly createdAt: string }[];
}

export function createReembedRepository(database: TransactionalDatabase) {
  return {
    /**
     * Gives an archive another embedding model and makes the job that goes after its vectors; a job under way gives way. Null when nothing is to be done: all
     * vectors are of that model already, or the archive is gone.
     */
    start: (reembed: NewReembed): Promise<string | null> => database.transaction(transaction => start(transaction, reembed)),

    /** Null when the job is over. No passages = none are left. */
    async nextBatch(jobId: string, limit: number): Promise<ReembedBatch | null> {
      const [job] = await database.query<{ archiveId: string; config: EmbeddingConfig; cursor: Cursor }>(
        `select a.id as "archiveId", a.embedding_config as config, j.cursor from jobs j join archives a on a.id = j.subject_id
          where j.id = $1 and j.completed_at is null and a.embedding_config is not null`,
        [jobId],
      );
      if (job === undefined) return null;
      const { archiveId, config, cursor } = job;
      const passages = await database.query<ReembedBatch['passages'][number]>(
        `select id, text, created_at::text as "createdAt" from passages
          where archive_id = $1 and embedding_model is distinct from $2 and ($3::text is null or (created_at, id) > ($3::timestamptz, $4))
          order by created_at, id limit $5`,
        [archiveId, embeddingKey(config), cursor?.[0] ?? null, cursor?.[1] ?? null, limit],
      );
      return { jobId, config, cursor, passages };
    },

    /**
     * Puts the new vectors in the place of the old ones, once, if the job still stands where the batch began. A text that the model refuses has none any more, and
     * the job's report names it.
     */
    async commit({ jobId, config, cursor, passages }: ReembedBatch, outcomes: readonly EmbedOutcome[]): Promise<void> {
      const last = passages.at(-1);
      if (last === undefined) return;
      await database.query(commitSql, [
        jobId,
        cursor === null ? null : JSON.stringify(cursor),
        JSON.stringify([last.createdAt, last.id] satisfies Cursor),
        passages.length,
        JSON.stringify(config),
        embeddingKey(config),
        JSON.stringify(passages.map(({ id }, index) => ({ id, ...columnsOf(outcomes[index] ?? []) }))),
      ]);
    },

    /** The old models are forgotten with the job's end. The archive is locked before the job, as `start` does. */
    async finish(jobId: string): Promise<void> {
      await database.query(
        `with archive as (
           select a.id from archives a join jobs j on j.subject_id = a.id where j.id = $1 for no key update of a
         ), job as (
           update jobs set status = 'completed', error = null, completed_at = now(), updated_at = now()
            where id = $1 and completed_at is null and (select count(*) from archive) >= 0 returning subject_id
         )
         update archives a set former_embeddings = '[]' from job where a.id = job.subject_id`,
        [jobId],
      );
    },

    async progress(jobId: string): Promise<JobProgress> {
      const [row] = await database.query<JobProgress>('select done, total, completed_at is not null as "isOver" from jobs where id = $1', [
        jobId,
      ]);
      return row ?? { done: 0, total: 0, isOver: true };
    },
  };
}

export type ReembedRepository = ReturnType<typeof createReembedRepository>;

/** Insertions hold the archive's row while they write vectors of its model: once this is committed, none of the old model comes any more. */
async function start(transaction: Database, { jobId, organizationId, archiveId, config, userId }: NewReembed): Promise<string | null> {
  const [archive] = await transaction.query<{ current: EmbeddingConfig | null; former: readonly EmbeddingConfig[] }>(
    `select embedding_config as current, former_embeddings as former from archives where organization_id = $1 and id = $2 for update`,
    [organizationId, archiveId],
  );
  if (archive === undefined) return null;
  const { current, former } = archive;
  const key = embeddingKey(config);
  if (current !== null && embeddingKey(current) === key && former.length === 0) {
    // A job that has failed or was cancelled may have left some without a vector of a model that had no predecessor.
    const left = await transaction.query('select from passages where archive_id = $1 and embedding_model is distinct from $2 limit 1', [
      archiveId,
      key,
    ]);
    if (left.length === 0) return null;
  }
  const configs = [...former, ...(current === null ? [] : [current])];
  const others = [...new Map(configs.map(other => [embeddingKey(other), other]))]
    .filter(([other]) => other !== key)
    .map(([, other]) => other);
  await transaction.query(
    `update archives set embedding_config = $2, former_embeddings = $3, last_updated_by_id = $4, updated_at = now() where id = $1`,
    [archiveId, JSON.stringify(config), JSON.stringify(others), userId],
  );
  await transaction.query(
    `update jobs set status = 'cancelled', completed_at = now(), updated_at = now() where kind = 'reembed' and subject_id = $1 and completed_at is null`,
    [archiveId],
  );
  await transaction.query(
    `insert into jobs (id, organization_id, kind, subject_id, created_by_id, total)
     values ($1, $2, 'reembed', $3, $4, (select count(*) from passages where archive_id = $3 and embedding_model is distinct from $5))`,
    [jobId, organizationId, archiveId, userId, key],
  );
  return jobId;
}

function columnsOf(outcome: EmbedOutcome): { readonly vector: string } | { readonly error: string } {
  return outcome instanceof ModelError ? { error: outcome.message } : { vector: toVectorLiteral(outcome) };
}

/** Refused texts that a job's report names; the others are counted. */
const namedRefusals = 100;

/** The rows are locked in the order in which insertions lock them. */
const commitSql = `
with made as materialized (
  select * from jsonb_to_recordset($7::jsonb) as n (id text, vector text, error text)
), refused as (
  select count(*)::int as n, jsonb_agg(jsonb_build_object('id', id, 'error', error)) as named from made where error is not null
), job as (
  update jobs set cursor = $3, done = done + $4, status = 'running', error = null, updated_at = now(),
         report = case when refused.n = 0 then report else jsonb_build_object(
           'refused', coalesce((report ->> 'refused')::int, 0) + refused.n,
           'refused_passages', jsonb_path_query_array(coalesce(report -> 'refused_passages', '[]') || refused.named, '$[0 to ${namedRefusals - 1}]')) end
    from refused
   where jobs.id = $1 and completed_at is null and cursor is not distinct from $2::jsonb returning subject_id
), locked as (
  select p.id, made.vector::vector as vector from passages p join made on made.id = p.id join job on job.subject_id = p.archive_id
   order by p.content_hash for no key update of p
)
update passages p
   set embedding = locked.vector, embedding_dim = vector_dims(locked.vector),
       embedding_config = case when locked.vector is not null then $5::jsonb end, embedding_model = case when locked.vector is not null then $6::text end
  from locked where p.id = locked.id`;
