import type { EmbeddingConfig } from '../domain/model/model-config.js';

/** Where passages are, and how they are embedded. */
export interface ArchivePlace {
  readonly archiveId: string;
  readonly organizationId: string;
  /** Null = passages are found by their words alone. */
  readonly embeddingConfig: EmbeddingConfig | null;
  /** Of vectors that are not made anew yet. */
  readonly formerEmbeddings: readonly EmbeddingConfig[];
}

/** The columns of an ArchivePlace, of `alias`. */
export function placeColumns(alias: string): string {
  return `${alias}.id as "archiveId", ${alias}.organization_id as "organizationId", ${alias}.embedding_config as "embeddingConfig",
    ${alias}.former_embeddings as "formerEmbeddings"`;
}
