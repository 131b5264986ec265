import type { ArchiveRecord, ArchiveReembed } from '../../repositories/archives.repository.js';
import { presentEmbeddingConfig } from './model-config.js';

/** V1's Archive. */
export function presentArchive(archive: ArchiveRecord) {
  return {
    id: archive.id,
    organization_id: archive.organizationId,
    name: archive.name,
    description: archive.description,
    vector_db_provider: archive.vectorDbProvider,
    embedding_config: presentEmbeddingConfig(archive.embeddingConfig),
    metadata: archive.metadata,
    created_by_id: archive.createdById,
    last_updated_by_id: archive.lastUpdatedById,
    created_at: archive.createdAt.toISOString(),
    updated_at: archive.updatedAt.toISOString(),
    ...(archive.reembed === null ? {} : { reembed: presentReembed(archive.reembed) }),
  };
}

function presentReembed({ jobId, status, total, done, error }: ArchiveReembed) {
  return { job_id: jobId, status, total, done, error };
}
