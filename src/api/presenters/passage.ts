import type { FilePassage } from '../../repositories/file-passages.repository.js';
import type { Passage } from '../../repositories/passages.repository.js';
import { presentEmbeddingConfig } from './model-config.js';

/** Without its vector, which V1 leaves out of lists as well. */
export function presentPassage(passage: Passage) {
  return {
    id: passage.id,
    text: passage.text,
    embedding: null,
    embedding_config: presentEmbeddingConfig(passage.embeddingConfig),
    archive_id: passage.archiveId,
    organization_id: passage.organizationId,
    source_id: null,
    file_id: null,
    file_name: null,
    metadata: passage.metadata,
    tags: passage.tags,
    is_deleted: false,
    created_at: passage.createdAt.toISOString(),
    updated_at: passage.updatedAt.toISOString(),
    created_by_id: passage.createdById,
    last_updated_by_id: null,
  };
}

/** A piece of a file as V1's Passage. */
export function presentFilePassage(passage: FilePassage) {
  return {
    id: passage.id,
    text: passage.text,
    embedding: null,
    embedding_config: presentEmbeddingConfig(passage.embeddingConfig),
    archive_id: null,
    organization_id: passage.organizationId,
    source_id: passage.folderId,
    file_id: passage.fileId,
    file_name: passage.fileName,
    metadata: passage.metadata,
    tags: [],
    is_deleted: false,
    created_at: passage.createdAt.toISOString(),
    updated_at: passage.updatedAt.toISOString(),
    created_by_id: null,
    last_updated_by_id: null,
  };
}
