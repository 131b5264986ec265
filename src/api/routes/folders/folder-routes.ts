import { randomUUID } from 'node:crypto';
import { folderFamily, sourceFamily } from '../../../contract/folder-families.contract.js';
import type { FolderFamily, FolderListQuery } from '../../../contract/folder-families.contract.js';
import { notFound, RequestError } from '../../../domain/errors.js';
import type { EmbeddingChoice } from '../../../domain/model/choose-embedding.js';
import type { FilesRepository } from '../../../repositories/files.repository.js';
import type { FilePassagesRepository } from '../../../repositories/file-passages.repository.js';
import type { FolderRecord, FoldersRepository } from '../../../repositories/folders.repository.js';
import { answered, handleRoute } from '../../mount-route.js';
import type { MountedRoute, RequestContext } from '../../mount-route.js';
import { presentFile, presentFolder, presentFolderStats, presentSource } from '../../presenters/folder.js';
import { presentFilePassage } from '../../presenters/passage.js';
import { requestedEmbedding } from '../agents/agent-model.js';
import { largestPageOfLongRows, pageOf } from '../page.js';
import { startDeletion, uploadFile } from './upload-file.js';
import type { UploadDeps } from './upload-file.js';

export interface FolderRoutesDeps extends UploadDeps {
  readonly folders: FoldersRepository;
  readonly files: FilesRepository;
  readonly filePassages: Pick<FilePassagesRepository, 'list'>;
  readonly embeddingChoice: EmbeddingChoice;
}

/** V1's folders under both of their names. */
export function folderRoutes(deps: FolderRoutesDeps): MountedRoute[] {
  return [...familyRoutes(deps, folderFamily, presentFolder), ...familyRoutes(deps, sourceFamily, presentSource)];
}

/** Parameters of paths, whose names differ between the families. */
type PathParams = Readonly<Record<string, string>>;

function familyRoutes(deps: FolderRoutesDeps, family: FolderFamily, present: (folder: FolderRecord) => unknown): MountedRoute[] {
  return [...folderOperations(deps, family, present), ...fileOperations(deps, family)];
}

function folderOperations(deps: FolderRoutesDeps, family: FolderFamily, present: (folder: FolderRecord) => unknown): MountedRoute[] {
  const { folders, embeddingChoice } = deps;
  return [
    handleRoute(family.list, async ({ query }, { organizationId }) => {
      return (await folders.list({ organizationId, name: query.name }, pageFrom(query, 'asc'))).map(present);
    }),
    handleRoute(family.create, async ({ body }, context) => {
      const requested = await requestedEmbedding(embeddingChoice, body, context.signal);
      const chosen = await embeddingChoice.choose({ requested }, context.signal);
      if (chosen === null) throw new RequestError('invalid', 'Must specify either embedding or embedding_config in request');
      const embeddingConfig = body.embedding_chunk_size == null ? chosen : { ...chosen, embeddingChunkSize: body.embedding_chunk_size };
      const { organizationId, userId } = context;
      return present(
        await folders.create({
          id: `source-${randomUUID()}`,
          organizationId,
          userId,
          name: body.name,
          description: body.description ?? null,
          instructions: body.instructions ?? null,
          metadata: body.metadata ?? null,
          embeddingConfig,
        }),
      );
    }),
    handleRoute(family.count, (_input, { organizationId }) => folders.count(organizationId)),
    handleRoute(family.stats, async ({ query }, { organizationId }) => {
      const detailed = query.include_detailed_per_source_metadata;
      return presentFolderStats(await folders.stats(organizationId, detailed), detailed);
    }),
    handleRoute(family.byName, async ({ params }, { organizationId }) => {
      const name = nameOf(params);
      const [folder] = await folders.list({ organizationId, name }, { before: null, after: null, limit: 1, ascending: true });
      if (folder === undefined) throw new RequestError('not-found', `Source with name ${name} not found`);
      return folder.id;
    }),
    handleRoute(family.retrieve, async ({ params }, context) => present(await requireFolder(deps, params, context))),
    handleRoute(family.modify, async ({ params, body }, context) => {
      const embeddingConfig = await requestedEmbedding(embeddingChoice, body, context.signal);
      const { organizationId, userId } = context;
      const changed = await folders.update(organizationId, userId, idOf(params), { ...body, embeddingConfig });
      if (changed === 'has-files')
        throw new RequestError('invalid', 'The embedding model of a folder that has files cannot be changed: make another folder');
      if (changed === null) throw notFound('Folder', idOf(params));
      return present(changed);
    }),
    handleRoute(family.delete, async ({ params }, { organizationId, userId }) => {
      const jobId = await folders.delete(organizationId, userId, idOf(params), `job-${randomUUID()}`);
      if (jobId === null) throw notFound('Folder', idOf(params));
      await startDeletion(deps, jobId);
      return null;
    }),
    handleRoute(family.agents, async ({ params, query }, context) => {
      const { id } = await requireFolder(deps, params, context);
      return folders.agentIds(id, pageFrom(query, 'desc'));
    }),
  ];
}

function fileOperations(deps: FolderRoutesDeps, family: FolderFamily): MountedRoute[] {
  const { files, filePassages } = deps;
  return [
    handleRoute(family.upload, async ({ params, query }, context) => {
      const folder = await requireFolder(deps, params, context);
      return presentFile(await uploadFile(deps, { folder, duplicates: query.duplicate_handling, name: query.name ?? null }, context));
    }),
    handleRoute(family.files, async ({ params, query }, context) => {
      const { id } = await requireFolder(deps, params, context);
      const page = pageFrom(query, 'asc');
      const limit = query.include_content ? Math.min(page.limit, largestPageOfLongRows) : page.limit;
      return (await files.list(id, { ...page, limit }, query.include_content)).map(presentFile);
    }),
    handleRoute(family.file, async ({ params, query }, context) => {
      const { id } = await requireFolder(deps, params, context);
      const file = await files.find(id, fileIdOf(params), query.include_content);
      if (file === null) throw notFound('File', fileIdOf(params));
      return presentFile(file);
    }),
    handleRoute(family.passages, async ({ params, query }, context) => {
      const { id } = await requireFolder(deps, params, context);
      return (await filePassages.list(id, pageFrom(query, 'asc'))).map(presentFilePassage);
    }),
    handleRoute(family.deleteFile, async ({ params }, context) => {
      const { id } = await requireFolder(deps, params, context);
      const { organizationId, userId, response } = context;
      const jobId = await files.delete(organizationId, userId, id, fileIdOf(params), `job-${randomUUID()}`);
      if (jobId === null) throw notFound('File', fileIdOf(params));
      await startDeletion(deps, jobId);
      response.status(204).end();
      return answered;
    }),
  ];
}

/** Lists that have no parameters show all that one page holds. */
function pageFrom(query: FolderListQuery, order: 'asc' | 'desc') {
  return pageOf({ before: query.before, after: query.after, limit: query.limit ?? Number.MAX_SAFE_INTEGER, order: query.order ?? order });
}

async function requireFolder({ folders }: FolderRoutesDeps, params: PathParams, { organizationId }: RequestContext): Promise<FolderRecord> {
  const folder = await folders.find(organizationId, idOf(params));
  if (folder === null) throw notFound('Folder', idOf(params));
  return folder;
}

function idOf(params: PathParams): string {
  return params['folder_id'] ?? params['source_id'] ?? '';
}

function nameOf(params: PathParams): string {
  return params['folder_name'] ?? params['source_name'] ?? '';
}

function fileIdOf(params: PathParams): string {
  return params['file_id'] ?? '';
}
