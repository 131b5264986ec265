import type { ContentPart } from '../domain/files/cut-content.js';
import { clippedTo, numberedLine, viewHeader } from '../domain/files/file-view.js';
import type { LineRange } from '../domain/files/file-view.js';
import { viewStyleOf } from '../domain/files/file-types.js';
import { viewLines } from '../domain/files/line-view.js';
import type { Database } from './database.js';

/** A file whose lines are read. */
export interface ReadableFile {
  readonly fileId: string;
  readonly fileName: string;
  readonly fileType: string | null;
  /** Null = it is not read yet. */
  readonly lineCount: number | null;
  readonly charCount: number | null;
}

export interface ViewRequest {
  readonly file: ReadableFile;
  readonly range: LineRange;
}

type StoredPart = Pick<ContentPart, 'part' | 'firstLine' | 'text'>;

/** Parts of a text that are read at once. */
const partsAtOnce = 4;

export function createFileContentsRepository(database: Database) {
  return {
    /** Puts a part into its place; a second time it stays as it is. */
    async write(fileId: string, parts: readonly ContentPart[]): Promise<void> {
      if (parts.length === 0) return;
      await database.query(
        `insert into file_contents (file_id, part, first_line, line_count, text)
         select $1, p.part, p.first_line, p.line_count, p.text
           from jsonb_to_recordset($2::jsonb) as p (part int, first_line int, line_count int, text text)
         on conflict (file_id, part) do nothing`,
        [
          fileId,
          JSON.stringify(
            parts.map(({ part, firstLine, lineCount, text }) => ({ part, first_line: firstLine, line_count: lineCount, text })),
          ),
        ],
      );
    },

    /** The parts of a file one after the other. */
    parts: (fileId: string): AsyncGenerator<StoredPart> => partsFrom(database, fileId, 0, null),
  };
}

export type FileContentsRepository = ReturnType<typeof createFileContentsRepository>;

/** The numbered lines of a file, up to one character more than the limit: who shows them sees that something is missing. Only the parts that it takes are read. */
export async function readView(database: Database, { file, range }: ViewRequest, limit: number): Promise<string> {
  const style = viewStyleOf(file.fileType, file.fileName);
  const from = range.start ?? 0;
  const to = range.end ?? Number.POSITIVE_INFINITY;
  const lines = [viewHeader(range, file.lineCount ?? 0, style)];
  let length = 0;
  for await (const { firstLine, text } of partsFrom(database, file.fileId, from, range.end)) {
    const shown = viewLines(text, style)
      .map((line, index) => ({ line, index: firstLine + index }))
      .filter(({ index }) => index >= from && index < to)
      .map(({ line, index }) => numberedLine(index, line));
    lines.push(...shown);
    length += shown.reduce((sum, line) => sum + line.length + 1, 0);
    // Two units of text may be one character.
    if (length > 2 * limit) break;
  }
  return clippedTo(lines.join('\n'), limit + 1);
}

async function* partsFrom(database: Database, fileId: string, fromLine: number, toLine: number | null): AsyncGenerator<StoredPart> {
  for (let after = -1; ;) {
    const page = await database.query<StoredPart>(
      `select part, first_line as "firstLine", text from file_contents
        where file_id = $1 and part > $2 and first_line + line_count > $3 and ($4::int is null or first_line < $4) order by part limit $5`,
      [fileId, after, fromLine, toLine, partsAtOnce],
    );
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < partsAtOnce) return;
    after = last.part;
  }
}
