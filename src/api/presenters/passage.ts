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
