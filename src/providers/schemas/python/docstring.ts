/** What a docstring in Google's style says. */
export interface Docstring {
  /** The first line, and what else stands before the sections. Null = nothing. */
  readonly description: string | null;
  readonly parameters: ReadonlyMap<string, string>;
  /** The section `Examples:`, with its title. */
  readonly examples: string | null;
}

const sectionTitle = /^(Args|Arguments|Parameters|Params|Raises|Exceptions|Except|Attributes|Example|Examples|Returns|Yields):[ \t]*$/;
const parameterSections = ['Args', 'Arguments', 'Parameters', 'Params', 'Attributes'];

export function readDocstring(text: string): Docstring {
  const lines = dedent(text.split(/\r?\n/));
  const starts = lines.flatMap((line, index) => (sectionTitle.test(line) ? [index] : []));
  const sections = starts.map((start, index) => ({
    title: lines[start]?.trim().slice(0, -1) ?? '',
    lines: lines.slice(start + 1, starts[index + 1]),
  }));
  const examples = sections.find(section => section.title === 'Examples');
  return {
    description: describe(lines.slice(0, starts[0])),
    parameters: new Map(sections.filter(({ title }) => parameterSections.includes(title)).flatMap(section => entriesOf(section.lines))),
    examples: examples === undefined ? null : ['Examples:', ...examples.lines].join('\n').trim(),
  };
}

/** Takes away the indentation that all lines but the first have in common, and what is empty around. */
function dedent(lines: readonly string[]): string[] {
  const [first = '', ...rest] = lines.map(line => line.replaceAll('\t', '        '));
  const indents = rest.filter(line => line.trim() !== '').map(indentOf);
  const margin = Math.min(...indents, Number.MAX_SAFE_INTEGER);
  const dedented = [first.trimStart(), ...rest.map(line => line.slice(margin))].map(line => line.trimEnd());
  while (dedented[0] === '') dedented.shift();
  while (dedented.at(-1) === '') dedented.pop();
  return dedented;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

/** V1 sets the first line apart. */
function describe(lines: readonly string[]): string | null {
  const [first = '', ...rest] = lines.join('\n').trim().split('\n');
  const parts = [first.trim(), rest.join('\n').trim()].filter(part => part !== '');
  return parts.length === 0 ? null : parts.join('\n\n');
}

/** `name (type): description`, with more lines of a description further in. */
function entriesOf(lines: readonly string[]): [string, string][] {
  const first = lines.find(line => line.trim() !== '');
  if (first === undefined) return [];
  const indent = indentOf(first);
  const entries: string[][] = [];
  for (const line of lines) {
    if (line.trim() !== '' && indentOf(line) <= indent) entries.push([line]);
    else entries.at(-1)?.push(line);
  }
  return entries.flatMap(([head = '', ...more]) => {
    const colon = head.indexOf(':', typeEnd(head));
    if (colon < 0) return [];
    const name = head
      .slice(0, colon)
      .trim()
      .replace(/\s*\([^]*$/, '')
      .replace(/^\*+/, '');
    const description = [head.slice(colon + 1).trim(), ...dedent(['', ...more])].join('\n').trim();
    return [[name, description] as [string, string]];
  });
}

/** Types may hold colons. */
function typeEnd(head: string): number {
  const [type = ''] = /^\s*[\w*]+\s*\([^)]*\)/.exec(head) ?? [];
  return type.length;
}
