import type { Chunk } from '../domain/chunking/chunk-text.js';
import type { ContentPart } from '../domain/files/cut-content.js';
import type { TextKind } from '../domain/files/document-kind.js';
import type { ChunksToEmbed, FileToChunk, FileToParse, IngestProgress } from '../domain/files/file-ingest.js';
import type { EmbedOutcome } from '../domain/model/embed-each.js';
import { embeddingKey } from '../domain/model/embedder.js';
import { ModelError } from '../domain/model/model-error.js';
import type { Database } from './database.js';
import { deriveId } from './derived-ids.js';
import { toVectorLiteral } from './vector.js';

/** Younger ones are left to those who have just made them, in seconds. */
const graceSeconds = 2;

/**
 * The reading of files, step by step. Each step is one statement that holds the file's row and asks first whether the file is still wanted and the step not yet
 * done: so a step that is repeated, or comes late, changes nothing.
 */
export function createFileIngestsRepository(database: Database) {
  return {
    /** Takes up the parsing from the start. Null when there is nothing to parse, or no such file any more. */
    async beginParse(fileId: string): Promise<FileToParse | null> {
      return (await database.query<FileToParse>(beginParseSql, [fileId]))[0] ?? null;
    },

    /** Adds parts of the text. False when the file is not wanted any more, or another one parses it. */
    async addParts({ fileId, attempt }: FileToParse, parts: readonly ContentPart[]): Promise<boolean> {
      const rows = parts.map(({ part, firstLine, lineCount, text }) => ({ part, first_line: firstLine, line_count: lineCount, text }));
      return (await database.query(addPartsSql, [fileId, attempt, JSON.stringify(rows)])).length > 0;
    },

    /** Whether the one who parses it is still wanted. */
    async isParsing({ fileId, attempt }: FileToParse): Promise<boolean> {
      return (await database.query(`select 1 ${parsedNow}`, [fileId, attempt])).length > 0;
    },

    async finishParse({ fileId, attempt }: FileToParse, text: ParsedText): Promise<void> {
      await database.query(finishParseSql, [fileId, attempt, text.kind, text.lineCount, text.charCount]);
    },

    /** The next part of a text that is to be cut. Null when nothing is to be cut, or there is no such file any more. */
    async nextPart(fileId: string): Promise<FileToChunk | null> {
      return (await database.query<FileToChunk>(nextPartSql, [fileId]))[0] ?? null;
    },

    async markAttached(fileId: string): Promise<void> {
      await database.query('update file_ingests set is_attached = true where file_id = $1', [fileId]);
    },

    /** Keeps the chunks of a part. */
    async commitPart(file: FileToChunk, chunks: readonly Chunk[]): Promise<void> {
      const rows = chunks.map(({ text, start, end }, index) => ({
        id: deriveId('passage', file.fileId, file.isConservative ? 'conservative' : 'standard', file.firstChunk + index),
        index: file.firstChunk + index,
        text,
        metadata: { part: file.part, start, end },
      }));
      await database.query(commitPartSql, [file.fileId, file.part, file.isConservative, file.firstChunk, JSON.stringify(rows)]);
    },

    /** The next chunks without a vector, in their order. Null when there are none to be asked for, or no such file any more. */
    async nextChunks(fileId: string, limit: number): Promise<ChunksToEmbed | null> {
      return (await database.query<ChunksToEmbed>(nextChunksSql, [fileId, limit]))[0] ?? null;
    },

    /** Keeps what was made of chunks. */
    async commitChunks({ fileId, from, embeddingConfig, isConservative }: ChunksToEmbed, outcomes: readonly EmbedOutcome[]): Promise<void> {
      const refused = outcomes.find(outcome => outcome instanceof ModelError);
      const made = outcomes.flatMap((outcome, index) =>
        outcome instanceof ModelError ? [] : [{ index: from + index, vector: toVectorLiteral(outcome) }],
      );
      await database.query(commitChunksSql, [
        fileId,
        from,
        isConservative,
        outcomes.length,
        made.map(({ index }) => index),
        JSON.stringify(embeddingConfig),
        embeddingKey(embeddingConfig),
        refused?.message ?? null,
        made.map(({ vector }) => vector),
      ]);
    },

    /** Has the whole text cut anew, in V1's other way. */
    async cutAnew({ fileId, from }: ChunksToEmbed, reason: string): Promise<void> {
      await database.query(cutAnewSql, [fileId, from, reason]);
    },

    /** Why the last try went wrong. */
    async note(fileId: string, reason: string): Promise<void> {
      await database.query('update file_ingests set note = $2 where file_id = $1', [fileId, reason]);
    },

    /** Ends it with an error. One that has ended stays as it is. */
    async fail(fileId: string, reason: string): Promise<void> {
      await database.query(
        `update files set processing_status = 'error', error_message = $2, updated_at = now() where id = $1 and processing_status = any ($3)`,
        [fileId, reason, open],
      );
    },

    async progress(fileId: string): Promise<IngestProgress> {
      return (await database.query<IngestProgress>(progressSql, [fileId]))[0] ?? gone;
    },

    /** Ids of files that are not read to their end, after `after`. */
    async listOpen(after: string, limit: number): Promise<string[]> {
      const rows = await database.query<{ id: string }>(
        `select id from files where processing_status in ('pending', 'parsing', 'embedding') and deleted_at is null and id > $1
            and updated_at < now() - interval '${graceSeconds} seconds' order by id limit $2`,
        [after, limit],
      );
      return rows.map(({ id }) => id);
    },
  };
}

export type FileIngestsRepository = ReturnType<typeof createFileIngestsRepository>;

export interface ParsedText {
  readonly kind: TextKind;
  readonly lineCount: number;
  readonly charCount: number;
}

const open = ['pending', 'parsing', 'embedding'];
const gone: IngestProgress = { status: null, next: null, totalChunks: 0, chunksEmbedded: 0, refusedChunks: 0, note: null };

const parsedNow = `from file_ingests i join files f on f.id = i.file_id
 where i.file_id = $1 and i.parse_attempt = $2 and i.text_kind is null and f.deleted_at is null and f.processing_status = 'parsing'`;

/** What an earlier attempt has left is not built upon: a model may have read the document in other words. */
const beginParseSql = `
with file as (
  update files set processing_status = 'parsing', updated_at = now() where id = $1 and deleted_at is null and processing_status in ('pending', 'parsing') returning *
), cleared as (
  delete from file_contents c using file where c.file_id = file.id
), ingest as (
  insert into file_ingests as i (file_id) select id from file on conflict (file_id) do update set parse_attempt = i.parse_attempt + 1 returning i.parse_attempt
)
select file.id as "fileId", ingest.parse_attempt as attempt, coalesce(file.original_file_name, file.file_name) as "fileName", file.file_type as "fileType",
       coalesce(file.file_size, 0)::float8 as "sizeBytes", file.object_key as "objectKey", file.sha256 from file, ingest`;

const addPartsSql = `
with wanted as (
  select i.file_id ${parsedNow} for share of i, f
), added as (
  insert into file_contents (file_id, part, first_line, line_count, text)
  select wanted.file_id, p.part, p.first_line, p.line_count, p.text
    from wanted, jsonb_to_recordset($3::jsonb) as p (part int, first_line int, line_count int, text text)
  on conflict (file_id, part) do nothing
)
select 1 from wanted`;

const finishParseSql = `
with wanted as (
  select i.file_id ${parsedNow} for update of i, f
), marked as (
  update file_ingests i set text_kind = $3, note = null from wanted where i.file_id = wanted.file_id
)
update files f set processing_status = 'embedding', line_count = $4, char_count = $5, total_chunks = 0, chunks_embedded = 0, updated_at = now()
  from wanted where f.id = wanted.file_id`;

const nextPartSql = `
select i.file_id as "fileId", i.text_kind as "textKind", s.embedding_config as "embeddingConfig", i.is_attached as "isAttached", i.is_conservative as "isConservative",
       i.chunked_parts as part, c.text, f.total_chunks as "firstChunk"
  from file_ingests i join files f on f.id = i.file_id join sources s on s.id = f.source_id
  left join file_contents c on c.file_id = i.file_id and c.part = i.chunked_parts
 where i.file_id = $1 and i.text_kind is not null and f.deleted_at is null and f.processing_status = 'embedding'`;

const commitPartSql = `
with file as (
  select f.id, f.organization_id, f.source_id from files f join file_ingests i on i.file_id = f.id
   where f.id = $1 and f.deleted_at is null and f.processing_status = 'embedding' and i.chunked_parts = $2 and i.is_conservative = $3 and f.total_chunks = $4
   for no key update
), moved as (
  update file_ingests i set chunked_parts = $2 + 1 from file where i.file_id = file.id
), given as (
  select * from jsonb_to_recordset($5::jsonb) as g (id text, index int, text text, metadata jsonb)
), added as (
  insert into passages (id, organization_id, source_id, file_id, chunk_index, text, metadata, tags, created_at)
  select g.id, file.organization_id, file.source_id, file.id, g.index, g.text, g.metadata, '{}', now() + g.index * interval '1 millisecond' from given g, file
)
update files f set total_chunks = $4 + (select count(*) from given), updated_at = now() from file where f.id = file.id`;

const nextChunksSql = `
select i.file_id as "fileId", s.embedding_config as "embeddingConfig", i.is_conservative as "isConservative", i.asked_chunks as from,
       array(select p.text from passages p where p.file_id = i.file_id and p.chunk_index >= i.asked_chunks order by p.chunk_index limit $2) as texts
  from file_ingests i join files f on f.id = i.file_id join sources s on s.id = f.source_id
 where i.file_id = $1 and f.deleted_at is null and f.processing_status = 'embedding'
   and not exists (select from file_contents c where c.file_id = i.file_id and c.part = i.chunked_parts)`;

/** With nothing left to be asked for, the file is read. */
const commitChunksSql = `
with file as (
  select f.id from files f join file_ingests i on i.file_id = f.id
   where f.id = $1 and f.deleted_at is null and f.processing_status = 'embedding' and i.asked_chunks = $2 and i.is_conservative = $3
   for no key update
), made as materialized (
  select m.index, m.vector::vector as vector from unnest($5::int[], $9::text[]) as m (index, vector)
), counted as (
  select count(*)::int as n from made
), moved as (
  update file_ingests i set asked_chunks = $2 + $4, refused_chunks = i.refused_chunks + $4 - counted.n, note = coalesce($8, i.note)
    from file, counted where i.file_id = file.id
), vectors as (
  update passages p set embedding = made.vector, embedding_dim = vector_dims(made.vector), embedding_config = $6::jsonb, embedding_model = $7
    from file, made where p.file_id = file.id and p.chunk_index = made.index
)
update files f set chunks_embedded = f.chunks_embedded + counted.n, updated_at = now(), processing_status = case when $4 = 0 then 'completed' else f.processing_status end
  from file, counted where f.id = file.id`;

const cutAnewSql = `
with file as (
  select f.id from files f join file_ingests i on i.file_id = f.id
   where f.id = $1 and f.deleted_at is null and f.processing_status = 'embedding' and i.asked_chunks = $2 and not i.is_conservative for no key update
), dropped as (
  delete from passages p using file where p.file_id = file.id
), moved as (
  update file_ingests i set is_conservative = true, chunked_parts = 0, asked_chunks = 0, refused_chunks = 0, note = $3 from file where i.file_id = file.id
)
update files f set total_chunks = 0, chunks_embedded = 0, updated_at = now() from file where f.id = file.id`;

const progressSql = `
select f.processing_status as status,
       case when f.processing_status in ('pending', 'parsing') then 'parse'
            when f.processing_status <> 'embedding' then null
            when exists (select from file_contents c where c.file_id = f.id and c.part = i.chunked_parts) or not i.is_attached then 'chunk'
            else 'embed' end as next,
       coalesce(f.total_chunks, 0) as "totalChunks", coalesce(f.chunks_embedded, 0) as "chunksEmbedded", coalesce(i.refused_chunks, 0) as "refusedChunks", i.note
  from files f left join file_ingests i on i.file_id = f.id where f.id = $1 and f.deleted_at is null`;
