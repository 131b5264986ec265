import { notFound } from '../../../domain/errors.js';
import type { AgentFilesRepository } from '../../../repositories/agent-files.repository.js';
import type { AgentFoldersRepository } from '../../../repositories/agent-folders.repository.js';
import type { FoldersRepository } from '../../../repositories/folders.repository.js';

export interface AgentFoldersDeps {
  readonly folders: Pick<FoldersRepository, 'firstMissing'>;
  readonly agentFolders: Pick<AgentFoldersRepository, 'attach' | 'replace'>;
  readonly agentFiles: Pick<AgentFilesRepository, 'reopen'>;
}

interface FolderMembers {
  readonly source_ids?: readonly string[] | null | undefined;
  readonly folder_ids?: readonly string[] | null | undefined;
}

/** The folders that a request names, under both names. Null = it names none. Throws V1's 404 for one that there is not. */
export async function requestedFolders(
  { folders }: Pick<AgentFoldersDeps, 'folders'>,
  body: FolderMembers,
  organizationId: string,
): Promise<readonly string[] | null> {
  if (body.source_ids == null && body.folder_ids == null) return null;
  const ids = [...new Set([...(body.folder_ids ?? []), ...(body.source_ids ?? [])])];
  const missing = await folders.firstMissing(organizationId, ids);
  if (missing !== null) throw notFound('Folder', missing);
  return ids;
}
