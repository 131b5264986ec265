import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { packageFile } from '../../src/config/version.js';
import { sharedStack, stopSharedStack } from '../../test/support/stack.js';
import { stopSharedServices } from '../../test/support/services.js';
import { percentiles } from '../measure.js';
import { loadTalks } from './load-talks.js';
import type { LoadedTalk } from './load-talks.js';
import { readLocomo } from './locomo.js';
import { makeTalks } from './make-talks.js';
import { answersOf, askAsV1ByScan, askAsV1BySubstring, askByApi, recallOf, separation } from './measure-recall.js';
import type { Answer, Ask, Recall } from './measure-recall.js';
import type { Talk } from './talk.js';

/** Of the set that this repository makes up. */
const seed = 20_251;

const [locomoPath] = process.argv.slice(2);
const stack = await sharedStack();
const ways: readonly (readonly [string, Ask])[] = [
  ['**fused** (`hybrid`)', askByApi(stack.url, 'hybrid')],
  ['words alone, BM25 (`fts`)', askByApi(stack.url, 'fts')],
  ['vectors alone (`vector`)', askByApi(stack.url, 'vector')],
  ['V1: the question as a part of a message, newest first', askAsV1BySubstring(stack.backend)],
  ['V1: exact scan of all vectors', askAsV1ByScan(stack.backend)],
];

async function measure(title: string, talks: readonly Talk[]): Promise<string> {
  const started = performance.now();
  const loaded = await loadTalks(stack.url, stack.backend, talks);
  const seconds = (performance.now() - started) / 1000;
  const turns = talks.reduce((sum, { turns: said }) => sum + said.length, 0);
  const sections = [`## ${title}\n\n${turns} turns in ${talks.length} agents, embedded and stored in ${seconds.toFixed(0)} s.`];
  const fused: Answer[] = [];
  const rows: string[] = [];
  for (const [name, ask] of ways) {
    const answers = await answersOf(loaded, ask);
    if (fused.length === 0) fused.push(...answers);
    rows.push(rowOf(name, answers));
    console.log(rows.at(-1));
  }
  sections.push(table(rows), byKind(fused), halves(loaded, fused));
  const without = fused.filter(({ question }) => question.evidence.length === 0).length;
  if (without > 0)
    sections.push(
      `Of the ${without} questions whose answer was never given, the best result is scored lower than that of an answerable one in ${percent(separation(fused))} of all pairs (50.0 % would tell nothing).`,
    );
  return sections.join('\n\n');
}

function rowOf(name: string, answers: readonly Answer[]): string {
  const { p50, p95 } = percentiles(answers.map(({ ms }) => ms));
  return `| ${name} | ${cells(recallOf(answers))} | ${p50.toFixed(0)} / ${p95.toFixed(0)} ms |`;
}

function cells({ questions, anyAt1, anyAt10, recallAt10 }: Recall): string {
  return `${questions} | ${anyAt1.toFixed(3)} | ${anyAt10.toFixed(3)} | ${recallAt10.toFixed(3)}`;
}

function table(rows: readonly string[]): string {
  return ['| search | questions | any@1 | any@10 | recall@10 | p50 / p95 |', '|---|---|---|---|---|---|', ...rows].join('\n');
}

function byKind(answers: readonly Answer[]): string {
  const kinds = [
    ...new Set(answers.filter(({ question }) => question.evidence.length > 0).map(({ question }) => question.kind)),
  ].toSorted();
  const rows = kinds.map(kind => `| ${kind} | ${cells(recallOf(answers.filter(({ question }) => question.kind === kind)))} |`);
  return ['| fused, by kind | questions | any@1 | any@10 | recall@10 |', '|---|---|---|---|---|', ...rows].join('\n');
}

/** The weights were chosen on the talks of even number (from 0): the others say whether they hold elsewhere. */
function halves(loaded: readonly LoadedTalk[], answers: readonly Answer[]): string {
  const evenQuestions = new Set(loaded.filter((_, index) => index % 2 === 0).flatMap(({ talk }) => talk.questions));
  const rows = [true, false].map(isEven => {
    const half = answers.filter(({ question }) => evenQuestions.has(question) === isEven);
    return `| ${isEven ? 'even talks, on which the weights were chosen' : 'odd talks'} | ${cells(recallOf(half))} |`;
  });
  return ['| fused, by half | questions | any@1 | any@10 | recall@10 |', '|---|---|---|---|---|', ...rows].join('\n');
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

const parts = [await measure(`The set of this repository, seed ${seed}`, makeTalks(seed))];
if (locomoPath !== undefined) parts.push(await measure('LoCoMo, all turns and all questions with evidence', readLocomo(locomoPath)));

const report = `# Benchmark of memory

\`npm run bench:memory\` writes this file; with the path of the public LoCoMo file (\`npm run bench:memory -- locomo10.json\`, not a part of this repository)
that is measured too. Every question goes through \`POST /v1/agents/messages/search\` with the offline embedder \`perdura/minilm\`; a turn is stored as "speaker: text".
any@1: the first result is evidence. any@10: one of ten is. recall@10: the share of the evidence among ten. V1's two ways are its SQL, run on the same rows.
${new Date().toISOString().slice(0, 10)}, ${cpus().length} cores.

${parts.join('\n\n')}
`;
writeFileSync(packageFile('docs/benchmarks-memory.md'), report);
await stopSharedStack();
await stopSharedServices();
process.exit(0);
