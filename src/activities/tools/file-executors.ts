import { describeOpened } from '../../domain/files/opened-files.js';
import type { OpenedFile } from '../../domain/files/opened-files.js';
import { lineWord } from '../../domain/files/file-view.js';
import type { LineRange } from '../../domain/files/file-view.js';
import { viewStyleOf } from '../../domain/files/file-types.js';
import { passageText } from '../../domain/files/passage-results.js';
import { embedQuestion } from '../../domain/model/embedder.js';
import type { Embedder } from '../../domain/model/embedder.js';
import type { AgentFileRecord, AgentFilesRepository, LockedFiles } from '../../repositories/agent-files.repository.js';
import type { FilePassagesRepository } from '../../repositories/file-passages.repository.js';
import type { FoldersRepository } from '../../repositories/folders.repository.js';
import type { PassageSearchRepository } from '../../repositories/passage-search.repository.js';
import type { SystemMessageRepository } from '../../repositories/system-message.repository.js';
import { grepFiles } from './grep-files.js';
import type { GrepFilesDeps } from './grep-files.js';
import { count, requiredText, ToolArgumentError, withArgumentErrors } from './tool-arguments.js';
import type { ToolArguments } from './tool-arguments.js';
import type { NamedExecutors, ToolExecutor } from './tool-executor.js';

export interface FileExecutorDeps extends GrepFilesDeps {
  readonly agentFiles: AgentFilesRepository;
  readonly folders: Pick<FoldersRepository, 'list'>;
  readonly filePassages: Pick<FilePassagesRepository, 'placesOf'>;
  readonly passageSearch: PassageSearchRepository;
  readonly embedder: Embedder;
  readonly systemMessages: Pick<SystemMessageRepository, 'refresh'>;
}

/** The tools on an agent's files. */
export function createFileExecutors(deps: FileExecutorDeps): NamedExecutors {
  return { open_files: openFiles(deps), grep_files: grepFiles(deps), semantic_search_files: searchFiles(deps) };
}

interface FileRequest {
  readonly fileName: string;
  readonly range: LineRange;
}

/** The next step already sees what was opened: the system message of this conversation is compiled at once, that of the others with their next run. */
function openFiles({ agentFiles, systemMessages }: FileExecutorDeps): ToolExecutor {
  return (call, args) =>
    withArgumentErrors(async () => {
      const requests = fileRequests(args);
      const closesOthers = args['close_all_others'] === true || args['close_all_others'] === 'true';
      const { decision, evicted } = await agentFiles.change(call.agentId, locked => decideOpening(locked, requests, closesOthers));
      await systemMessages.refresh(call.conversationId);
      return { status: 'success', value: describeOpened({ opened: decision.opened, closed: decision.closedNames, evicted }) };
    });
}

function decideOpening({ limits, files }: LockedFiles, requests: readonly FileRequest[], closesOthers: boolean) {
  if (requests.length > limits.mostOpen) {
    throw new ToolArgumentError(`Cannot open ${requests.length} files: exceeds configured maximum limit of ${limits.mostOpen} files`);
  }
  const found = requests.map(request => ({ request, file: fileOf(files, request) }));
  const names = requests.map(({ fileName }) => fileName);
  const closing = closesOthers ? files.filter(file => file.isOpen && !names.includes(file.fileName)) : [];
  const opened: OpenedFile[] = found.map(({ request, file }) => ({ ...request, before: file.isOpen ? file : null }));
  return {
    open: found.map(({ request, file }) => ({ fileId: file.fileId, range: request.range })),
    close: closing.map(file => file.fileId),
    closedNames: closing.map(file => file.fileName),
    opened,
  };
}

function fileOf(files: readonly AgentFileRecord[], { fileName, range }: FileRequest): AgentFileRecord {
  const file = files.find(candidate => candidate.fileName === fileName);
  if (file === undefined) {
    const attached = `[${files.map(candidate => `'${candidate.fileName}'`).join(', ')}]`;
    throw new ToolArgumentError(
      `${fileName} not attached - did you get the filename correct? Currently you have the following files attached: ${attached}`,
    );
  }
  const lineCount = file.lineCount ?? 0;
  if (range.start !== null && range.start >= lineCount && range.start > 0) {
    const word = lineWord(viewStyleOf(file.fileType, fileName));
    throw new ToolArgumentError(`File ${fileName} has only ${lineCount} ${word}, but requested offset ${range.start} is out of range`);
  }
  return file;
}

function fileRequests(args: ToolArguments): readonly FileRequest[] {
  const given: unknown = typeof args['file_requests'] === 'string' ? parsed(args['file_requests']) : args['file_requests'];
  const list: readonly unknown[] = Array.isArray(given) ? given : given == null ? [] : [given];
  if (list.length === 0) throw new ToolArgumentError('No file requests provided');
  return list.map(entry => {
    if (typeof entry === 'string') return { fileName: entry, range: { start: null, end: null } };
    if (typeof entry !== 'object' || entry === null)
      throw new ToolArgumentError('Invalid file request: an object with file_name is needed');
    const request = entry as ToolArguments;
    const fileName = requiredText(request, 'file_name');
    return { fileName, range: rangeOf(request, fileName) };
  });
}

/** Models that write lists as text are understood. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function rangeOf(request: ToolArguments, fileName: string): LineRange {
  const offset = wholeNumber(request, 'offset');
  const length = wholeNumber(request, 'length');
  if (offset !== null && offset < 0) throw new ToolArgumentError(`Offset for file ${fileName} must be >= 0 (0-indexed), got ${offset}`);
  if (length !== null && length < 1) throw new ToolArgumentError(`Length for file ${fileName} must be >= 1, got ${length}`);
  if (offset === null && length === null) return { start: null, end: null };
  const start = offset ?? 0;
  return { start, end: length === null ? null : start + length };
}

/** No file has more lines. */
const mostLines = 2 ** 30;

function wholeNumber(args: ToolArguments, name: string): number | null {
  const value = args[name];
  if (value === undefined || value === null) return null;
  const number = Number(value);
  if (!Number.isInteger(number) || Math.abs(number) > mostLines) throw new ToolArgumentError(`Invalid ${name}: a whole number is needed`);
  return number;
}

const defaultResults = 5;
const mostResults = 50;

function searchFiles({ folders, filePassages, passageSearch, embedder, agentFiles }: FileExecutorDeps): ToolExecutor {
  return ({ organizationId, agentId }, args, signal) =>
    withArgumentErrors(async () => {
      const query = requiredText(args, 'query').trim();
      if (query === '') throw new ToolArgumentError('Empty search query provided');
      const limit = count(args, 'limit', defaultResults, mostResults);
      const places = await folders.list({ organizationId, agentId }, { before: null, after: null, limit: 1000, ascending: true });
      const owners = places.map(folder => ({ embeddingConfig: folder.embeddingConfig, formerEmbeddings: [] }));
      const found = await passageSearch.search({
        organizationId,
        ownerIds: places.map(({ id }) => id),
        owners: 'folders',
        query,
        vectors: await embedQuestion(embedder, owners, query, signal),
        tags: [],
        tagMatch: 'any',
        startAt: null,
        endAt: null,
        limit,
      });
      const files = await filePassages.placesOf(found.passages.map(({ id }) => id));
      const passages = found.passages.flatMap(({ id, text }) => {
        const place = files.get(id);
        return place === undefined ? [] : [{ ...place, text }];
      });
      await agentFiles.touch(agentId, [...new Set(passages.map(({ fileId }) => fileId))]);
      return { status: 'success', value: passageText(query, passages, found.degraded) };
    });
}
