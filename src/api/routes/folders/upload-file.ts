import { randomUUID } from 'node:crypto';
import type { ObjectStorage } from '../../../domain/files/object-storage.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { DuplicateHandling, FileRecord, FilesRepository } from '../../../repositories/files.repository.js';
import type { FolderRecord } from '../../../repositories/folders.repository.js';
import type { FileIngestStarter } from '../../../temporal/file-ingest-starter.js';
import type { JobStarter } from '../../../temporal/job-starter.js';
import type { RequestContext } from '../../mount-route.js';
import { receiveUpload } from './receive-upload.js';

export interface UploadDeps {
  readonly files: Pick<FilesRepository, 'findDuplicate' | 'beginUpload' | 'finishUpload' | 'abandonUpload'>;
  readonly objectStorage: ObjectStorage;
  readonly uploadLimits: { readonly maxBytes: number; readonly timeoutMs: number };
  readonly jobStarter: JobStarter;
  readonly fileIngestStarter: FileIngestStarter;
  /** A workflow could not be started; reconcile does it later. */
  readonly onWakeFailed: (error: unknown, id: string) => void;
}

export interface UploadRequest {
  readonly folder: FolderRecord;
  readonly duplicates: DuplicateHandling;
  /** In place of the name that the file has. */
  readonly name: string | null;
}

/**
 * Takes a file in: a row that nobody sees, the bytes, then the row for all to see. What breaks off in between is seen by nobody and taken away by a job.
 * The file is read in the background.
 */
export async function uploadFile(deps: UploadDeps, upload: UploadRequest, context: RequestContext): Promise<FileRecord> {
  const { folder, duplicates } = upload;
  const { organizationId, userId } = context;
  const fileId = `file-${randomUUID()}`;
  let begun = false;
  let skipped: FileRecord | null = null;
  try {
    const stored = await receiveUpload(context, {
      storage: deps.objectStorage,
      ...deps.uploadLimits,
      name: upload.name,
      admit: async ({ name, mediaType }) => {
        const existing = await deps.files.findDuplicate(folder.id, name);
        if (existing !== null && duplicates === 'error') throw alreadyThere(name, folder);
        if (existing !== null && duplicates === 'skip') {
          skipped = existing;
          return null;
        }
        const objectKey = `files/${fileId}`;
        await deps.files.beginUpload({
          fileId,
          organizationId,
          folderId: folder.id,
          originalName: name,
          fileType: mediaType,
          objectKey,
          userId,
        });
        begun = true;
        return objectKey;
      },
    });
    if (stored === null) return skip(skipped, context);
    const outcome = await deps.files.finishUpload({ fileId, organizationId, userId, duplicates, ...stored, jobId: `job-${randomUUID()}` });
    if (outcome.kind === 'stored') {
      if (outcome.replaced !== null) await startDeletion(deps, outcome.replaced);
      await deps.fileIngestStarter.start(fileId).catch((error: unknown) => deps.onWakeFailed(error, fileId));
      return outcome.file;
    }
    await abandon(deps, organizationId, fileId);
    begun = false;
    if (outcome.kind === 'skipped') return skip(outcome.file, context);
    throw outcome.kind === 'exists' ? alreadyThere(outcome.name, folder) : notFound('Folder', folder.id);
  } catch (error) {
    if (begun) await abandon(deps, organizationId, fileId);
    throw error;
  }
}

export async function startDeletion(
  { jobStarter, onWakeFailed }: Pick<UploadDeps, 'jobStarter' | 'onWakeFailed'>,
  jobId: string,
): Promise<void> {
  await jobStarter.start({ id: jobId, kind: 'deleteFiles' }).catch((error: unknown) => onWakeFailed(error, jobId));
}

async function abandon(deps: UploadDeps, organizationId: string, fileId: string): Promise<void> {
  await startDeletion(deps, await deps.files.abandonUpload(organizationId, fileId, `job-${randomUUID()}`));
}

function skip(file: FileRecord | null, { response }: RequestContext): FileRecord {
  if (file === null) throw new Error('An upload was skipped for no file');
  response.setHeader('X-Upload-Result', 'skipped');
  return file;
}

function alreadyThere(name: string, folder: FolderRecord): RequestError {
  return new RequestError('invalid', `File '${name}' already exists in folder '${folder.name}'`);
}
