import type { FileStatus } from '../domain/files/file-status.js';
import { nameInFolder } from '../domain/files/file-names.js';
import type { Database, TransactionalDatabase } from './database.js';
import { insertDeletion } from './file-deletions.repository.js';
import { lockConversationsOf, markAgentsStale } from './lock-agents.js';
import { requireCursors } from './page-cursors.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

export interface FileRecord {
  readonly id: string;
  readonly organizationId: string;
  readonly folderId: string;
  readonly fileName: string;
  readonly originalFileName: string | null;
  readonly filePath: string | null;
  readonly fileType: string | null;
  readonly fileSize: number | null;
  readonly fileCreationDate: string | null;
  readonly fileLastModifiedDate: string | null;
  readonly status: FileStatus;
  readonly errorMessage: string | null;
  readonly totalChunks: number | null;
  readonly chunksEmbedded: number | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Null where it was not asked for, or the file is not read yet. */
  readonly content: string | null;
}

/** What happens to a file whose name the folder has already. */
export type DuplicateHandling = 'skip' | 'error' | 'suffix' | 'replace';

export interface NewUpload {
  readonly fileId: string;
  readonly organizationId: string;
  readonly folderId: string;
  readonly originalName: string;
  readonly fileType: string;
  readonly objectKey: string;
  readonly userId: string;
}

export interface FinishedUpload {
  readonly fileId: string;
  readonly organizationId: string;
  readonly userId: string;
  readonly duplicates: DuplicateHandling;
  readonly sizeBytes: number;
  readonly sha256: string;
  /** Of the deletion of the file that this one replaces. */
  readonly jobId: string;
}

export type UploadOutcome =
  /** `replaced` = the job that takes the file away whose place it has. */
  | { readonly kind: 'stored'; readonly file: FileRecord; readonly replaced: string | null }
  | { readonly kind: 'skipped'; readonly file: FileRecord }
  | { readonly kind: 'exists'; readonly name: string }
  /** The folder is gone. */
  | { readonly kind: 'gone' };

const withoutContent = 'null::text';
const withContent = `(select string_agg(c.text, '' order by c.part) from file_contents c where c.file_id = f.id)`;

function columns(content: string): string {
  return `f.id, f.organization_id as "organizationId", f.source_id as "folderId", f.file_name as "fileName", f.original_file_name as "originalFileName",
  f.file_path as "filePath", f.file_type as "fileType", f.file_size::float8 as "fileSize", f.file_creation_date as "fileCreationDate",
  f.file_last_modified_date as "fileLastModifiedDate", f.processing_status as status, f.error_message as "errorMessage", f.total_chunks as "totalChunks",
  f.chunks_embedded as "chunksEmbedded", f.created_at as "createdAt", f.updated_at as "updatedAt", ${content} as content`;
}

export function createFilesRepository(database: TransactionalDatabase) {
  return {
    async list(folderId: string, page: KeysetPage, includesContent: boolean): Promise<FileRecord[]> {
      await requireCursors(database, { name: 'files', noun: 'File' }, { source_id: folderId }, page);
      const conditions = createConditions();
      conditions.add('f.source_id = $? and f.deleted_at is null', folderId);
      const tail = keyset(conditions, page, { name: 'files', alias: 'f', column: 'created_at' });
      const content = includesContent ? withContent : withoutContent;
      return database.query<FileRecord>(`select ${columns(content)} from files f ${tail}`, conditions.parameters);
    },

    async find(folderId: string, id: string, includesContent: boolean): Promise<FileRecord | null> {
      const sql = `select ${columns(includesContent ? withContent : withoutContent)} from files f where f.source_id = $1 and f.id = $2 and f.deleted_at is null`;
      return (await database.query<FileRecord>(sql, [folderId, id]))[0] ?? null;
    },

    /** The file of a folder that has the name, the newest. */
    findDuplicate: (folderId: string, originalName: string): Promise<FileRecord | null> => findDuplicate(database, folderId, originalName),

    /** A row that nobody sees before its bytes are there: what a crash leaves of an upload is found by it. */
    async beginUpload({ fileId, organizationId, folderId, originalName, fileType, objectKey, userId }: NewUpload): Promise<void> {
      await database.query(
        `insert into files (id, organization_id, source_id, file_name, original_file_name, file_type, object_key, deleted_at, created_by_id, last_updated_by_id)
         values ($1, $2, $3, $1, $4, $5, $6, now(), $7, $7)`,
        [fileId, organizationId, folderId, originalName, fileType, objectKey, userId],
      );
    },

    /** The bytes are there: shows the file under the name that it gets, under a lock on its folder, so that no two of a name come together. */
    finishUpload: (upload: FinishedUpload): Promise<UploadOutcome> =>
      database.transaction(transaction => finishUpload(transaction, upload)),

    /** Gives an upload up that nobody sees: a job takes away what has come of it. */
    abandonUpload: (organizationId: string, fileId: string, jobId: string): Promise<string> =>
      insertDeletion(database, { jobId, organizationId, subjectId: fileId, userId: null }),

    /**
     * Makes jobs for what is marked as deleted and has none: uploads that a crash has cut off, for which nobody can wait so long any more, and deletions whose job
     * was cancelled. True = there may be more.
     */
    async sweepHidden(uploadMs: number): Promise<boolean> {
      const rows = await database.query(sweepSql, [uploadMs, sweepBatch]);
      return rows.length === sweepBatch;
    },

    /** It is gone from every list and from its agents; a job takes its rows and bytes away. The job's id, or null where there is no such file. */
    delete: (organizationId: string, userId: string, folderId: string, id: string, jobId: string): Promise<string | null> =>
      database.transaction(transaction => hide(transaction, { organizationId, userId, folderId, id, jobId })),
  };
}

export type FilesRepository = ReturnType<typeof createFilesRepository>;

const sweepBatch = 100;

const sweepSql = `
insert into jobs (id, organization_id, kind, subject_id)
select 'job-' || gen_random_uuid(), h.organization_id, 'deleteFiles', h.id from (
  select f.id, f.organization_id, f.deleted_at from files f
   where f.deleted_at < now() - case when f.sha256 is null then $1::bigint else 60000 end * interval '1 millisecond'
  union all
  select s.id, s.organization_id, s.deleted_at from sources s where s.deleted_at < now() - interval '1 minute') h
 where not exists (select from jobs j where j.kind = 'deleteFiles' and j.subject_id = h.id and j.completed_at is null)
 order by h.deleted_at limit $2
on conflict (kind, subject_id) where completed_at is null do nothing returning id`;

interface Hiding {
  readonly organizationId: string;
  readonly userId: string;
  readonly folderId: string;
  readonly id: string;
  readonly jobId: string;
}

async function hide(transaction: Database, { organizationId, userId, folderId, id, jobId }: Hiding): Promise<string | null> {
  const agents = await transaction.query<{ agentId: string }>('select agent_id as "agentId" from files_agents where file_id = $1', [id]);
  const agentIds = agents.map(({ agentId }) => agentId);
  await lockConversationsOf(transaction, agentIds);
  const gone = await transaction.query(
    `with gone as (
       update files set deleted_at = now() where organization_id = $1 and source_id = $2 and id = $3 and deleted_at is null returning id
     ), unlinked as (
       delete from files_agents fa using gone where fa.file_id = gone.id
     )
     select id from gone`,
    [organizationId, folderId, id],
  );
  if (gone.length === 0) return null;
  await markAgentsStale(transaction, agentIds);
  return insertDeletion(transaction, { jobId, organizationId, subjectId: id, userId });
}

async function findDuplicate(database: Database, folderId: string, originalName: string): Promise<FileRecord | null> {
  const sql = `select ${columns(withoutContent)} from files f where f.source_id = $1 and f.original_file_name = $2 and f.deleted_at is null
    order by f.created_at desc, f.id desc limit 1`;
  return (await database.query<FileRecord>(sql, [folderId, originalName]))[0] ?? null;
}

async function finishUpload(transaction: Database, upload: FinishedUpload): Promise<UploadOutcome> {
  if (upload.duplicates === 'replace') await lockReadersOfDuplicate(transaction, upload.fileId);
  const [row] = await transaction.query<{ folderId: string; folderName: string; originalName: string }>(
    `select s.id as "folderId", s.name as "folderName", f.original_file_name as "originalName" from files f join sources s on s.id = f.source_id
      where f.id = $1 and s.deleted_at is null for no key update of s`,
    [upload.fileId],
  );
  if (row === undefined) return { kind: 'gone' };
  const { folderId, folderName, originalName } = row;
  const existing = await findDuplicate(transaction, folderId, originalName);
  if (existing !== null && upload.duplicates === 'skip') return { kind: 'skipped', file: existing };
  if (existing !== null && upload.duplicates === 'error') return { kind: 'exists', name: originalName };
  const { organizationId, userId, jobId } = upload;
  const isReplacing = existing !== null && upload.duplicates === 'replace';
  const replaced = isReplacing ? await hide(transaction, { organizationId, userId, folderId, id: existing.id, jobId }) : null;
  // V1 gives a file that replaces another one its plain name.
  const fileName = isReplacing ? originalName : await freeName(transaction, folderId, folderName, originalName);
  const [file] = await transaction.query<FileRecord>(
    `with f as (
       update files set file_name = $2, file_size = $3, sha256 = $4, processing_status = 'parsing', deleted_at = null, created_at = now(), updated_at = now()
        where id = $1 returning *
     ) select ${columns(withoutContent)} from f`,
    [upload.fileId, fileName, upload.sizeBytes, upload.sha256],
  );
  return file === undefined ? { kind: 'gone' } : { kind: 'stored', file, replaced };
}

/** Before the folder's row, in the order of docs/design/locks.md. */
async function lockReadersOfDuplicate(transaction: Database, fileId: string): Promise<void> {
  const agents = await transaction.query<{ agentId: string }>(
    `select distinct fa.agent_id as "agentId" from files f join files other on other.source_id = f.source_id and other.original_file_name = f.original_file_name
       join files_agents fa on fa.file_id = other.id where f.id = $1 and other.deleted_at is null`,
    [fileId],
  );
  await lockConversationsOf(
    transaction,
    agents.map(({ agentId }) => agentId),
  );
}

/** Numbers of copies that are looked up at once. */
const numbersAtOnce = 100;

/** As many of its name as there are number it; a number that is taken, since others were deleted, is passed over. */
async function freeName(transaction: Database, folderId: string, folderName: string, originalName: string): Promise<string> {
  const [{ n } = { n: 0 }] = await transaction.query<{ n: number }>(
    'select count(*)::int as n from files where source_id = $1 and original_file_name = $2 and deleted_at is null',
    [folderId, originalName],
  );
  for (let first = n; ; first += numbersAtOnce) {
    const names = Array.from({ length: numbersAtOnce }, (_, index) => nameInFolder(folderName, originalName, first + index));
    const taken = await transaction.query<{ fileName: string }>(
      'select file_name as "fileName" from files where source_id = $1 and file_name = any($2) and deleted_at is null',
      [folderId, names],
    );
    const free = names.find(name => !taken.some(({ fileName }) => fileName === name));
    if (free !== undefined) return free;
  }
}
