import { readFileSync, writeFileSync } from 'node:fs';
import { notServedOperations } from '../src/contract/not-served.js';

/** Writes the README's table of served operations from the contract. `--check` only tells whether it is up to date. */
const marks = ['<!-- served-routes:start -->', '<!-- served-routes:end -->'] as const;

interface V1Operation {
  readonly method: string;
  readonly path: string;
}

const v1 = JSON.parse(readFileSync(new URL('../test/contract/v1-operations.json', import.meta.url), 'utf8')) as readonly V1Operation[];
const missing = new Set(notServedOperations.map(({ method, path }) => `${method} ${path}`));

interface Group {
  readonly served: string[];
  missing: number;
}

const groups = new Map<string, Group>();
for (const { method, path } of v1) {
  const name = path.split('/')[2] ?? '';
  const group = groups.get(name) ?? { served: [], missing: 0 };
  groups.set(name, group);
  if (missing.has(`${method} ${path}`)) group.missing += 1;
  else group.served.push(`\`${method.toUpperCase()} ${path}\``);
}

const rows = [...groups].map(([name, group]) => `| ${name} | ${group.served.join('<br>') || '–'} | ${group.missing} |`);
const table = `${marks[0]}\n| group | served | answers 501 |\n|---|---|---|\n${rows.join('\n')}\n${marks[1]}`;
const file = new URL('../README.md', import.meta.url);
const readme = readFileSync(file, 'utf8');
const [start, end] = [readme.indexOf(marks[0]), readme.indexOf(marks[1])];
const updated = readme.slice(0, start) + table + readme.slice(end + marks[1].length);
if (process.argv.includes('--check')) process.exit(updated === readme ? 0 : 1);
writeFileSync(file, updated);
