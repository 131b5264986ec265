import { clipView } from '../files/file-view.js';
import { countCharacters } from '../memory/count-characters.js';

export interface PromptFile {
  readonly name: string;
  readonly isOpen: boolean;
  /** Null while it is closed. */
  readonly view: string | null;
}

export interface PromptDirectory {
  readonly name: string;
  readonly description: string | null;
  readonly instructions: string | null;
  readonly files: readonly PromptFile[];
}

export interface Directories {
  readonly mostOpen: number;
  /** Characters that are shown of a file at most. */
  readonly viewCharacters: number;
  readonly directories: readonly PromptDirectory[];
}

/** Of an agent without folders. */
export const noDirectories: Directories = { mostOpen: 0, viewCharacters: 0, directories: [] };

/** The folders of an agent with their files, and the text of those that are open; empty without folders. `nests` = in the form of V1's simpler agents. */
export function compileDirectories({ mostOpen, viewCharacters, directories }: Directories, nests: boolean): string {
  if (directories.length === 0) return '';
  const current = directories.flatMap(({ files }) => files).filter(({ isOpen }) => isOpen).length;
  return [
    '<directories>',
    '<file_limits>',
    `- current_files_open=${current}`,
    `- max_files_open=${mostOpen}`,
    '</file_limits>',
    ...directories.flatMap(({ name, description, instructions, files }) => [
      `<directory name="${name}">`,
      ...(description === null || description === '' ? [] : [`<description>${description}</description>`]),
      ...(instructions === null || instructions === '' ? [] : [`<instructions>${instructions}</instructions>`]),
      ...files.flatMap(file => (nests ? nestedFile(file, viewCharacters) : flatFile(file, viewCharacters))),
      '</directory>',
    ]),
    '</directories>',
  ].join('\n');
}

function flatFile({ name, isOpen, view }: PromptFile, limit: number): readonly string[] {
  const value = clipView(view ?? '', limit);
  return [
    `<file status="${isOpen ? 'open' : 'closed'}" name="${name}">`,
    ...metadata(value, limit),
    ...(isOpen ? ['<value>', value, '</value>'] : []),
    '</file>',
  ];
}

function nestedFile({ name, isOpen, view }: PromptFile, limit: number): readonly string[] {
  const value = clipView(view ?? '', limit);
  return [
    `<file status="${isOpen ? 'open' : 'closed'}">`,
    `<${name}>`,
    '<description>',
    '',
    '</description>',
    ...metadata(value, limit),
    '<value>',
    value,
    '</value>',
    `</${name}>`,
    '</file>',
  ];
}

function metadata(value: string, limit: number): readonly string[] {
  return ['<metadata>', '- read_only=true', `- chars_current=${countCharacters(value)}`, `- chars_limit=${limit}`, '</metadata>'];
}
