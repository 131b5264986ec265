import type { RE2JS } from 're2js';
import { viewStyleOf } from '../../domain/files/file-types.js';
import { createLineGrep } from '../../domain/files/grep-lines.js';
import { renderGrep } from '../../domain/files/grep-results.js';
import { viewLines } from '../../domain/files/line-view.js';
import type { AgentFileRecord, AgentFilesRepository } from '../../repositories/agent-files.repository.js';
import type { FileContentsRepository } from '../../repositories/file-contents.repository.js';
import { lazy } from '../../providers/lazy.js';
import { optionalText, requiredText, ToolArgumentError, withArgumentErrors } from './tool-arguments.js';
import type { ToolArguments } from './tool-arguments.js';
import type { ToolExecutor } from './tool-executor.js';

export interface GrepLimits {
  readonly timeoutMs: number;
  /** Characters of a file, and of all files of one search. */
  readonly fileCharacters: number;
  readonly totalCharacters: number;
}

export interface GrepFilesDeps {
  readonly agentFiles: Pick<AgentFilesRepository, 'all' | 'touch'>;
  readonly fileContents: Pick<FileContentsRepository, 'parts'>;
  readonly grepLimits: GrepLimits;
}

const pageSize = 20;
const mostMatches = 1000;
const longestPattern = 1000;
const mostContextLines = 50;

/** Patterns of models are not trusted: RE2 takes a time in proportion to the text, whatever the pattern. It is loaded when it is first needed. */
const engine = lazy(() => import('re2js'));

interface Grep {
  readonly pattern: string;
  readonly include: string | null;
  readonly contextLines: number;
  readonly offset: number;
}

export function grepFiles(deps: GrepFilesDeps): ToolExecutor {
  return ({ agentId }, args, signal) =>
    withArgumentErrors(async () => {
      const grep = toGrep(args);
      const fits = await compiled(grep.pattern);
      const included = grep.include === null ? null : await compiled(includePattern(grep.include));
      const attached = await deps.agentFiles.all(agentId);
      if (attached.length === 0) return { status: 'success', value: 'No files are currently attached to search' };
      const files = attached.filter(file => included?.test(file.fileName) ?? true);
      if (files.length === 0) {
        return {
          status: 'success',
          value: `No files match the filename pattern '${grep.include ?? ''}' (filtered ${attached.length} files)`,
        };
      }
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(deps.grepLimits.timeoutMs)]);
      return { status: 'success', value: await search(deps, agentId, { grep, fits, files }, deadline) };
    });
}

interface Search {
  readonly grep: Grep;
  readonly fits: RE2JS;
  readonly files: readonly AgentFileRecord[];
}

/** Part by part, so that no large text is in memory, and whatever else this process does goes on in between. */
async function search(
  { agentFiles, fileContents, grepLimits }: GrepFilesDeps,
  agentId: string,
  { grep, fits, files }: Search,
  signal: AbortSignal,
) {
  const { pattern, include, contextLines, offset } = grep;
  const lines = createLineGrep(line => fits.test(line), { offset, size: pageSize, contextLines, most: mostMatches });
  const skipped: string[] = [];
  let characters = 0;
  let isCut = false;
  for (const file of files) {
    characters += file.charCount ?? 0;
    if ((file.charCount ?? 0) > grepLimits.fileCharacters || characters > grepLimits.totalCharacters) {
      skipped.push(file.fileName);
      continue;
    }
    const style = viewStyleOf(file.fileType, file.fileName);
    for await (const part of fileContents.parts(file.fileId)) {
      if (signal.aborted)
        throw new ToolArgumentError(`The search did not end within ${grepLimits.timeoutMs / 1000} seconds: narrow it by include`);
      isCut = !lines.take(file.fileName, part.firstLine, viewLines(part.text, style));
      if (isCut) break;
    }
    lines.endFile();
    if (isCut) break;
  }
  const found = lines.found();
  const matched = files.filter(file => found.counts.has(file.fileName)).map(file => file.fileId);
  await agentFiles.touch(agentId, matched);
  return renderGrep({ ...found, pattern, include, contextLines, offset, isCut, skipped, searched: files.length - skipped.length });
}

function toGrep(args: ToolArguments): Grep {
  const pattern = requiredText(args, 'pattern').trim();
  if (pattern === '') throw new ToolArgumentError('Empty search pattern provided');
  const include = optionalText(args, 'include')?.trim() ?? '';
  const offset = notNegative(args, 'offset', 0);
  return {
    pattern,
    include: include === '' ? null : include,
    contextLines: Math.min(notNegative(args, 'context_lines', 1), mostContextLines),
    offset,
  };
}

function notNegative(args: ToolArguments, name: string, fallback: number): number {
  const value = Number(args[name] ?? fallback);
  if (!Number.isInteger(value) || value < 0) throw new ToolArgumentError(`${name} must be a whole number >= 0, got ${String(args[name])}`);
  return value;
}

async function compiled(pattern: string): Promise<RE2JS> {
  if (pattern.length > longestPattern)
    throw new ToolArgumentError(`Pattern too complex: ${pattern.length} chars > ${longestPattern} limit`);
  const { RE2JS: regular, RE2JSException } = await engine();
  try {
    return regular.compile(pattern, regular.CASE_INSENSITIVE | regular.MULTILINE);
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    throw new ToolArgumentError(`Invalid regex pattern: ${error.message} (lookarounds and backreferences are not supported)`);
  }
}

/** What looks like a name with asterisks is one; anything else is a regular expression. */
function includePattern(include: string): string {
  if (!include.includes('*') || /[\^$()[\]{}\\+]/.test(include)) return include;
  return `${include.replaceAll('.', '\\.').replaceAll('*', '.*').replaceAll('?', '.')}$`;
}
