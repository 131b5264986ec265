import 'reflect-metadata';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { packageFile } from '../src/config/version.js';
import type { VectorFilter } from '../src/domain/vectors/vector-store.js';
import type { Database } from '../src/repositories/database.js';
import { createPassageSearchRepository } from '../src/repositories/passage-search.repository.js';
import { createPgvectorStore } from '../src/repositories/pgvector-store.js';
import { toVectorLiteral, vectorIndexSql } from '../src/repositories/vector.js';
import { settingDefinitions } from '../src/config/setting-definitions.js';
import { openTestDatabase } from '../test/support/database.js';
import { stopSharedServices } from '../test/support/services.js';
import { seeded } from '../test/support/vector-store-conformance.js';
import { percentiles } from './measure.js';

/** Searches of 100,000 passages in Postgres, beside an exact scan: `npm run bench:vectors` writes docs/vector-search.md. */
const count = Number(process.env['BENCH_PASSAGES'] ?? 100_000);
const queries = 100;
const dimension = 384;
const topics = 2000;
/** Embeddings of texts fill far fewer dimensions than they have. */
const latentDimension = 48;
const organizationId = 'org-00000000-0000-4000-8000-000000000000';
const archives = Array.from({ length: 10 }, (_, index) => `archive-${index}`);
const newest = Date.UTC(2026, 0, 1);

const random = seeded(2026);
const gaussian = (): number => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const gaussians = (length: number, scale = 1): number[] => Array.from({ length }, () => scale * gaussian());
const spread = Array.from({ length: dimension }, () => gaussians(latentDimension, 1 / Math.sqrt(latentDimension)));
const centres = Array.from({ length: topics }, () => gaussians(latentDimension));

/** A text on one of the topics: near its centre, with some noise of its own in all dimensions. */
function vectorOnTopic(topic: number): number[] {
  const centre = centres[topic] ?? [];
  const latent = centre.map(value => value + 0.6 * gaussian());
  return spread.map(row => row.reduce((sum, weight, index) => sum + weight * (latent[index] ?? 0), 0.1 * gaussian()));
}

const opened = await openTestDatabase();
const { database } = opened;
await fill(database);
const buildSeconds = await build(database);

const options = {
  efSearch: settingDefinitions.vectorEfSearch.schema.parse(undefined),
  maxScanTuples: settingDefinitions.vectorMaxScanTuples.schema.parse(undefined),
  exactNumbers: settingDefinitions.vectorExactNumbers.schema.parse(undefined),
};
const store = createPgvectorStore(database, options);
const everything: VectorFilter = {
  organizationId,
  ownerIds: archives,
  conversationIds: null,
  roles: null,
  tags: [],
  tagMatch: 'any',
  startAt: null,
  endAt: null,
};
const filters: readonly (readonly [string, VectorFilter])[] = [
  ['all of them', everything],
  ['one archive, 10 %', { ...everything, ownerIds: archives.slice(0, 1) }],
  ['a time, 5 %', { ...everything, startAt: new Date(newest - (count / 20) * 60_000) }],
  ['a tag, 2 %', { ...everything, tags: ['note 7'] }],
  ['a tag, 10 %, of topics that most questions are not on', { ...everything, tags: ['area 7'] }],
];
const asked = Array.from({ length: queries }, () => vectorOnTopic(Math.floor(random() * topics)));

const rows: string[] = [];
for (const [name, filter] of filters) {
  const measured = await measure(filter);
  rows.push(`| ${name} | ${ms(measured.p50)} | ${ms(measured.p95)} | ${measured.recall.toFixed(3)} | ${ms(measured.exactP50)} |`);
  console.log(rows.at(-1));
}
const hybrid = await measureHybrid();
console.log(`hybrid search p50 ${ms(hybrid.p50)}, p95 ${ms(hybrid.p95)}`);
write();
await opened.close();
await stopSharedServices();
process.exit(0);

async function fill(into: Database): Promise<void> {
  await into.query('drop index passages_embedding_384');
  await into.query(`insert into archives (id, organization_id, name) select unnest($1::text[]), $2, 'bench'`, [archives, organizationId]);
  for (let from = 0; from < count; from += 1000) {
    const numbers = Array.from({ length: Math.min(1000, count - from) }, (_, index) => from + index);
    await into.query(
      `insert into passages (id, organization_id, archive_id, text, tags, embedding, embedding_dim, embedding_model, created_at)
       select 'passage-' || n, $1, 'archive-' || n / ${topics} % 10, 'note ' || n || ' on topic ' || n % ${topics},
              array['area ' || n % 10, 'note ' || n / ${topics} % 50], v::vector, ${dimension}, 'bench',
              to_timestamp(${newest / 1000} - n * 60)
         from unnest($2::int[], $3::text[]) as x(n, v)`,
      [organizationId, numbers, numbers.map(n => toVectorLiteral(vectorOnTopic(n % topics)))],
    );
  }
}

async function build(on: Database): Promise<number> {
  const started = performance.now();
  await opened.database.transaction(async transaction => {
    await transaction.query(`set local maintenance_work_mem = '1GB'`);
    await transaction.query('set local statement_timeout = 0');
    await transaction.query(vectorIndexSql('passages', dimension));
  });
  await on.query('vacuum analyze passages');
  await on.query('vacuum analyze passage_words');
  return (performance.now() - started) / 1000;
}

async function measure(filter: VectorFilter) {
  const search = async (vector: readonly number[]) => store.search({ collection: 'passages', vector, filter, limit: 10 });
  for (const vector of asked.slice(0, 5)) await search(vector);
  const times: number[] = [];
  const found: ReadonlySet<string>[] = [];
  for (const vector of asked) {
    const started = performance.now();
    const neighbours = await search(vector);
    times.push(performance.now() - started);
    found.push(new Set(neighbours.map(({ id }) => id)));
  }
  // Apart from the searches: a scan of everything takes their pages out of the cache.
  const exactTimes: number[] = [];
  let hits = 0;
  let possible = 0;
  for (const [index, vector] of asked.entries()) {
    const started = performance.now();
    const exact = await exactNearest(vector, filter);
    exactTimes.push(performance.now() - started);
    hits += exact.filter(id => found[index]?.has(id) === true).length;
    possible += exact.length;
  }
  return { ...percentiles(times), recall: hits / possible, exactP50: percentiles(exactTimes).p50 };
}

/** On the vectors as they were given, without their index. */
async function exactNearest(vector: readonly number[], { ownerIds, tags, startAt }: VectorFilter): Promise<string[]> {
  const found = await database.query<{ id: string }>(
    `select id from passages where archive_id = any($2) and (cardinality($3::text[]) = 0 or tags && $3) and ($4::timestamptz is null or created_at >= $4)
      order by embedding <=> $1::vector limit 10`,
    [toVectorLiteral(vector), ownerIds, tags, startAt],
  );
  return found.map(({ id }) => id);
}

/** Vectors, words, fusion and the rows, as a request has it once its question is embedded. */
async function measureHybrid() {
  const search = createPassageSearchRepository(database, store);
  const times: number[] = [];
  for (const [index, vector] of [...asked.slice(0, 5), ...asked].entries()) {
    const started = performance.now();
    await search.search({
      organizationId,
      ownerIds: archives,
      query: `what is known of topic ${index * 7}`,
      vectors: [{ model: 'bench', vector }],
      tags: [],
      tagMatch: 'any',
      startAt: null,
      endAt: null,
      limit: 10,
    });
    if (index >= 5) times.push(performance.now() - started);
  }
  return percentiles(times);
}

function ms(value: number): string {
  return `${value.toFixed(1)} ms`;
}

function write(): void {
  const [load = 0] = loadavg();
  const text = `# Search of ${count.toLocaleString('en')} passages

\`npm run bench:vectors\` writes this file: ${count.toLocaleString('en')} passages of ${dimension} dimensions in ${archives.length} archives, in Postgres (HNSW on \`halfvec\`, \`PERDURA_VECTOR_EF_SEARCH\` ${options.efSearch}),
${queries} questions each, the nearest 10, beside an exact scan of the vectors as they were given. The vectors are made from a seed: ${topics} topics in a space of
${latentDimension} dimensions, spread over ${dimension} with noise, for texts fill far fewer dimensions than their vectors have. To reach: p95 <= 50 ms, recall@10 >= 0.95.

${new Date().toISOString().slice(0, 10)}, on ${cpus().length} cores with a load of ${load.toFixed(1)}; the index was built in ${buildSeconds.toFixed(0)} s:

| searched | p50 | p95 | recall@10 | exact scan, p50 |
|---|---|---|---|---|
${rows.join('\n')}
| all of them, hybrid: vectors, words, fusion, rows | ${ms(hybrid.p50)} | ${ms(hybrid.p95)} | | |
`;
  writeFileSync(packageFile('docs/vector-search.md'), text);
}
