import type { Hit } from '../domain/search/fuse.js';
import type { TransactionalDatabase } from './database.js';

/** Where the words of a kind of texts stand. */
export interface WordTable {
  /** Has a column `words`. */
  readonly name: string;
  /** What conditions need beside the table, which is `w` to them. */
  readonly join: string;
  /** Of the text, a column of the table. */
  readonly id: string;
  /** Of two equal matches the one that has more of this goes first. */
  readonly order: string;
}

export interface WordSearch {
  readonly table: WordTable;
  /** Whose texts are searched, as their words name them. */
  readonly owners: readonly string[];
  readonly query: string;
  readonly limit: number;
  /** On the table's rows, with the parameters from $1 on. */
  readonly conditions: string;
  readonly parameters: readonly unknown[];
}

/** Words of a query that count; a longer one is a text, not a question. */
const mostWords = 32;
/** Rows that are looked at for each word: of one that more have, those that have other words of the query too are found by these. */
const rowsOfWord = 500;
/** Up to here it is counted how many rows there are: how rare a word is shows well enough. */
const countedRows = 20_000;
/** How much longer texts are held back: as little as suits texts of which some are turns of a talk and some are documents. */
const lengthPart = 0.1;

/** What ts_rank gives a word that is there once. */
const rankOfOne = 0.0607927;

/** The words of a query. From then on the index takes part whatever the planner thinks of the share of a word: for one transaction, so that it holds behind any connection pool. */
const askedSql = `select set_config('enable_seqscan', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true),
  array(select lexeme from unnest(search_words('{}', $1)) order by positions[1] limit ${mostWords}) as lexemes`;

/**
 * The best matches of the words of a query, best first; a row needs one of them. Null when the query holds no word that is indexed. Okapi's BM25 but for its
 * curve of repetitions, which is ts_rank's: weighted by how rare each word is among the owner's rows, and as a part of what the whole query weighs.
 */
export function searchWords(database: TransactionalDatabase, search: WordSearch): Promise<Hit[] | null> {
  const { table, owners, query, limit, conditions, parameters } = search;
  return database.transaction(async transaction => {
    const [asked] = await transaction.query<{ lexemes: readonly string[] }>(askedSql, [query]);
    if (asked === undefined || asked.lexemes.length === 0) return null;
    return transaction.query<Hit>(rankSql(table, conditions, parameters.length), [
      ...parameters,
      owners.map(owner => quoted(`@${owner}`)).join(' | '),
      asked.lexemes.map(quoted),
      limit,
    ]);
  });
}

/** A word as a tsquery; what looks like an operator is none. */
function quoted(lexeme: string): string {
  return `'${lexeme.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

function rankSql({ name, join, id, order }: WordTable, conditions: string, before: number): string {
  const [owners, words, limit] = [`$${before + 1}::tsquery`, `$${before + 2}::text[]`, `$${before + 3}`];
  const rowsWith = (wanted: string): string =>
    `select w.${id} as id, ${order} as place, w.words from ${name} w ${join} where w.words @@ (${owners} && ${wanted}) and ${conditions} limit ${rowsOfWord}`;
  return `
with asked as materialized (select word::tsquery as word from unnest(${words}) word),
hits as materialized (select asked.word, h.* from asked cross join lateral (${rowsWith('asked.word')}) h),
together as materialized (${rowsWith(`array_to_string(${words}, ' & ')::tsquery`)}),
total as materialized (select count(*) as n from (select from ${name} w where w.words @@ ${owners} limit ${countedRows}) counted),
weights as materialized (
  select word, ln(1 + (greatest(total.n, found.n) - found.n + 0.5) / (found.n + 0.5)) as weight
    from total, lateral (select asked.word, count(hits.word) as n from asked left join hits on hits.word = asked.word group by asked.word) found
),
candidates as materialized (
  select distinct on (id) id, place, words, length(words)::float8 as size
    from (select id, place, words from hits union all select * from together) both_ways
)
select id, (score / (${1 - lengthPart} + ${lengthPart} * size / usual))::float8 as score
  from (select c.*, avg(size) over () as usual, (select sum(weight * ts_rank(c.words, word)) / (${rankOfOne} * sum(weight)) from weights) as score from candidates c) ranked
 order by 2 desc, place desc limit ${limit}`;
}
