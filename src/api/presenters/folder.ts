import type { FileRecord } from '../../repositories/files.repository.js';
import type { FolderRecord, FolderStats } from '../../repositories/folders.repository.js';
import { presentEmbeddingConfig } from './model-config.js';
import { instantOrNull } from './wire-fields.js';

/** V1's Folder. */
export function presentFolder(folder: FolderRecord) {
  return {
    id: folder.id,
    name: folder.name,
    description: folder.description,
    instructions: folder.instructions,
    metadata: folder.metadata,
    embedding_config: presentEmbeddingConfig(folder.embeddingConfig),
    organization_id: folder.organizationId,
    created_by_id: folder.createdById,
    last_updated_by_id: folder.lastUpdatedById,
    created_at: instantOrNull(folder.createdAt),
    updated_at: instantOrNull(folder.updatedAt),
  };
}

/** V1's older view of a folder. */
export function presentSource(folder: FolderRecord) {
  return { ...presentFolder(folder), vector_db_provider: folder.vectorDbProvider };
}

/** V1's FileMetadata. */
export function presentFile(file: FileRecord) {
  return {
    id: file.id,
    source_id: file.folderId,
    file_name: file.fileName,
    original_file_name: file.originalFileName,
    file_path: file.filePath,
    file_type: file.fileType,
    file_size: file.fileSize,
    file_creation_date: file.fileCreationDate,
    file_last_modified_date: file.fileLastModifiedDate,
    processing_status: file.status,
    error_message: file.errorMessage,
    total_chunks: file.totalChunks,
    chunks_embedded: file.chunksEmbedded,
    content: file.content,
    organization_id: file.organizationId,
    created_at: file.createdAt.toISOString(),
    updated_at: file.updatedAt.toISOString(),
  };
}

/** V1's OrganizationSourcesStats. */
export function presentFolderStats(folders: readonly FolderStats[], detailed: boolean) {
  const sum = (value: (folder: FolderStats) => number): number => folders.reduce((total, folder) => total + value(folder), 0);
  return {
    total_sources: folders.length,
    total_files: sum(folder => folder.fileCount),
    total_size: sum(folder => folder.totalSize),
    sources: (detailed ? folders : []).map(({ id, name, fileCount, totalSize, files }) => ({
      source_id: id,
      source_name: name,
      file_count: fileCount,
      total_size: totalSize,
      files: (files ?? []).map(file => ({ file_id: file.id, file_name: file.name, file_size: file.size })),
    })),
  };
}
