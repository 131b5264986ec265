import type { EmbeddingConfig } from '../domain/model/model-config.js';
import type { Database } from './database.js';
import { requireCursors } from './page-cursors.js';
import { createConditions, keyset } from './sql-conditions.js';
import type { KeysetPage } from './sql-conditions.js';

/** A piece of a folder's file. */
export interface FilePassage {
  readonly id: string;
  readonly organizationId: string;
  readonly folderId: string;
  readonly fileId: string;
  readonly fileName: string;
  readonly text: string;
  readonly embeddingConfig: EmbeddingConfig | null;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function createFilePassagesRepository(database: Database) {
  return {
    async list(folderId: string, page: KeysetPage): Promise<FilePassage[]> {
      await requireCursors(database, { name: 'passages', noun: 'Passage' }, { source_id: folderId }, page);
      const conditions = createConditions();
      conditions.add('p.source_id = $? and f.deleted_at is null', folderId);
      const tail = keyset(conditions, page, { name: 'passages', alias: 'p', column: 'created_at' });
      return database.query<FilePassage>(
        `select p.id, p.organization_id as "organizationId", p.source_id as "folderId", p.file_id as "fileId", f.file_name as "fileName", p.text,
                p.embedding_config as "embeddingConfig", coalesce(p.metadata, '{}') as metadata, p.created_at as "createdAt", p.updated_at as "updatedAt"
           from passages p join files f on f.id = p.file_id ${tail}`,
        conditions.parameters,
      );
    },

    /** The files of passages, by the passages' ids. */
    async placesOf(ids: readonly string[]): Promise<ReadonlyMap<string, { readonly fileId: string; readonly fileName: string }>> {
      if (ids.length === 0) return new Map();
      const rows = await database.query<{ id: string; fileId: string; fileName: string }>(
        'select p.id, f.id as "fileId", f.file_name as "fileName" from passages p join files f on f.id = p.file_id where p.id = any($1)',
        [ids],
      );
      return new Map(rows.map(({ id, ...place }) => [id, place]));
    },
  };
}

export type FilePassagesRepository = ReturnType<typeof createFilePassagesRepository>;
