import { readFileSync, writeFileSync } from 'node:fs';
import { packageFile } from '../../src/config/version.js';
import { wireForms } from '../support/models.js';
import { failureCases } from './failure-cases.js';
import { oddAnswers } from './odd-answers.js';

const file = packageFile('docs/design/errors.md');

/** The document with the tables of the tests in it. */
export function withMatrix(text: string): string {
  return replaced(replaced(text, 'failures', failureRows()), 'odd-answers', oddRows());
}

export function readDocument(): string {
  return readFileSync(file, 'utf8');
}

function failureRows(): string[] {
  return [
    '| the provider | forms | tried again | HTTP status | `error_type` | `stop_reason` | the input |',
    '|---|---|---|---|---|---|---|',
    ...failureCases.map(({ name, fault, retried, compacts, status, errorType, stopReason, refusesInput }) => {
      const forms = wireForms.filter(form => fault(form) !== null);
      const tried = compacts === true ? 'after a compaction' : retried ? 'yes' : 'no';
      return `| ${name} | ${formsText(forms)} | ${tried} | ${status} | \`${errorType}\` | \`${stopReason}\` | ${refusesInput === true ? 'leaves the context' : 'stays'} |`;
    }),
  ];
}

function oddRows(): string[] {
  return [
    '| the model sends | requests | `stop_reason` | the client sees |',
    '|---|---|---|---|',
    ...oddAnswers.map(({ name, requests, stopReason, shown }) => {
      const seen = shown.length === 0 ? 'no message' : shown.map(type => `\`${type}\``).join(', ');
      return `| ${name} | ${requests} | \`${stopReason}\` | ${seen} |`;
    }),
  ];
}

function formsText(forms: readonly string[]): string {
  return forms.length === wireForms.length ? 'all' : forms.join(', ');
}

function replaced(text: string, name: string, rows: readonly string[]): string {
  const marks = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`] as const;
  const [start, end] = [text.indexOf(marks[0]), text.indexOf(marks[1])];
  if (start < 0 || end < start) throw new Error(`The marks of ${name} are missing in ${file}`);
  return `${text.slice(0, start)}${marks[0]}\n${rows.join('\n')}\n${text.slice(end)}`;
}

if (process.argv.includes('--write')) writeFileSync(file, withMatrix(readDocument()));
