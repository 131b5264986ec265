import type { TransactionalDatabase } from '../repositories/database.js';
import { createAgentFilesRepository } from '../repositories/agent-files.repository.js';
import { createAgentFoldersRepository } from '../repositories/agent-folders.repository.js';
import { createFileContentsRepository } from '../repositories/file-contents.repository.js';
import { createFileDeletionsRepository } from '../repositories/file-deletions.repository.js';
import { createFileIngestsRepository } from '../repositories/file-ingests.repository.js';
import { createFilePassagesRepository } from '../repositories/file-passages.repository.js';
import { createFilesRepository } from '../repositories/files.repository.js';
import { createFoldersRepository } from '../repositories/folders.repository.js';

/** Folders, their files, and what agents have of them. */
export function createFileRepositories(database: TransactionalDatabase) {
  return {
    agentFiles: createAgentFilesRepository(database),
    agentFolders: createAgentFoldersRepository(database),
    fileContents: createFileContentsRepository(database),
    fileDeletions: createFileDeletionsRepository(database),
    fileIngests: createFileIngestsRepository(database),
    filePassages: createFilePassagesRepository(database),
    files: createFilesRepository(database),
    folders: createFoldersRepository(database),
  };
}
