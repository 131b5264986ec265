import { randomUUID } from 'node:crypto';
import type { Letta } from '@letta-ai/letta-client';
import { defaultOrganizationId, defaultUserId } from '../../src/domain/ids.js';
import { createContentCutter } from '../../src/domain/files/cut-content.js';
import { viewStyleOf } from '../../src/domain/files/file-types.js';
import type { Backend } from '../../src/main/backend.js';

/** A file as it is once it is read, and its passages. */
export interface ReadFile {
  readonly name: string;
  readonly text: string;
  readonly passages?: readonly string[];
}

export interface FolderWorld {
  newFolder(files: readonly ReadFile[]): Promise<{ readonly id: string; readonly name: string }>;
  addFile(folderId: string, file: ReadFile): Promise<string>;
}

/** Folders with files as they are once they are read, without bytes: no workflow reads them. */
export function folderWorld(client: Letta, backend: () => Backend): FolderWorld {
  const addFile = async (folderId: string, { name, text, passages = [] }: ReadFile): Promise<string> => {
    const { database, files, fileContents, agentFiles } = backend();
    const fileId = `file-${randomUUID()}`;
    const by = { fileId, organizationId: defaultOrganizationId, userId: defaultUserId };
    await files.beginUpload({ ...by, folderId, originalName: name, fileType: 'text/plain', objectKey: `files/${fileId}` });
    await files.finishUpload({ ...by, duplicates: 'suffix', sizeBytes: text.length, sha256: '', jobId: `job-${randomUUID()}` });
    await database.query(`update files set file_type = null, processing_status = 'completed' where id = $1`, [fileId]);
    const cutter = createContentCutter(viewStyleOf(null, name));
    const parts = [...cutter.push(text), ...cutter.end()];
    await fileContents.write(fileId, parts);
    await database.query('update files set line_count = $2, char_count = $3 where id = $1', [
      fileId,
      parts.reduce((sum, part) => sum + part.lineCount, 0),
      text.length,
    ]);
    await database.query(
      `insert into passages (id, organization_id, source_id, file_id, chunk_index, text)
       select 'passage-' || gen_random_uuid(), f.organization_id, f.source_id, f.id, c.n - 1, c.text
         from files f, unnest($2::text[]) with ordinality as c (text, n) where f.id = $1`,
      [fileId, passages],
    );
    await agentFiles.attachRead(fileId);
    return fileId;
  };
  return {
    addFile,
    async newFolder(files) {
      const folder = await client.folders.create({ name: `docs-${randomUUID().slice(0, 8)}`, embedding: 'openai/text-embedding-3-small' });
      for (const file of files) await addFile(folder.id, file);
      return { id: folder.id, name: folder.name };
    },
  };
}
