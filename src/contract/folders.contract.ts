import { z } from 'zod';
import { instant, jsonObject, queryBoolean } from './fields.js';
import { embeddingConfig, modelName } from './model-config.contract.js';

/** V1's Folder. */
export const folder = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  instructions: z.string().nullable(),
  metadata: jsonObject.nullable(),
  embedding_config: jsonObject,
  organization_id: z.string().nullable(),
  created_by_id: z.string().nullable(),
  last_updated_by_id: z.string().nullable(),
  created_at: instant.nullable(),
  updated_at: instant.nullable(),
});

/** The older view of a folder. */
export const source = folder.extend({ vector_db_provider: z.string() });

export const fileMetadata = z.object({
  id: z.string(),
  source_id: z.string(),
  file_name: z.string().nullable(),
  original_file_name: z.string().nullable(),
  file_path: z.string().nullable(),
  file_type: z.string().nullable(),
  file_size: z.number().nullable(),
  file_creation_date: z.string().nullable(),
  file_last_modified_date: z.string().nullable(),
  processing_status: z.enum(['pending', 'parsing', 'embedding', 'completed', 'error']),
  error_message: z.string().nullable(),
  total_chunks: z.number().nullable(),
  chunks_embedded: z.number().nullable(),
  content: z.string().nullable(),
  organization_id: z.string().nullable(),
  created_at: instant.nullable(),
  updated_at: instant.nullable(),
});

export const folderStats = z.object({
  total_sources: z.number(),
  total_files: z.number(),
  total_size: z.number(),
  sources: z.array(
    z.object({
      source_id: z.string(),
      source_name: z.string(),
      file_count: z.number(),
      total_size: z.number(),
      files: z.array(z.object({ file_id: z.string(), file_name: z.string(), file_size: z.number().nullable() })),
    }),
  ),
});

export const createFolderBody = z.object({
  name: z.string().min(1).max(255),
  description: z.string().nullish(),
  instructions: z.string().nullish(),
  metadata: jsonObject.nullish(),
  embedding: modelName.nullish(),
  embedding_chunk_size: z.number().int().positive().nullish(),
  embedding_config: embeddingConfig.nullish(),
});

export const updateFolderBody = z.object({
  name: z.string().min(1).max(255).nullish(),
  description: z.string().nullish(),
  instructions: z.string().nullish(),
  metadata: jsonObject.nullish(),
  embedding_config: embeddingConfig.nullish(),
});

export const uploadQuery = z.object({
  duplicate_handling: z.enum(['skip', 'error', 'suffix', 'replace']).default('suffix'),
  name: z.string().min(1).max(255).optional(),
});
export const contentFlag = { include_content: queryBoolean.default(false) };
export const detailFlag = z.object({ include_detailed_per_source_metadata: queryBoolean.default(false) });
