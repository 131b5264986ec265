import pg from 'pg';

type Query = (this: pg.Client, ...args: unknown[]) => unknown;
const prototype = pg.Client.prototype as unknown as { query: Query };

/** The own statements that this process has sent while `work` ran, transaction marks included. */
export async function recordStatements(work: () => Promise<unknown>): Promise<readonly string[]> {
  const statements: string[] = [];
  const { query } = prototype;
  prototype.query = function counted(...args) {
    statements.push(gistOf(args[0]));
    return query.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  return ownStatements(statements);
}

/** The fewest own statements of several tries: background work that is not known here can only add some. */
export async function fewestStatements(work: () => Promise<unknown>, tries = 3): Promise<readonly string[]> {
  let fewest = await recordStatements(work);
  for (let n = 1; n < tries; n += 1) {
    const statements = await recordStatements(work);
    if (statements.length < fewest.length) fewest = statements;
  }
  return fewest;
}

/** What a server does by itself, and the log of runs: how often it is written, told of and read depends on how fast a response comes. */
const besides = [
  'listen ',
  'select pg_notify',
  'select e.seq',
  'select id, last_seq, status',
  'with fenced as ( update runs set last_seq = last_seq + $3,',
  'update runs set answered_at',
  'update agents a set lifecycle_state',
  'select r.conversation_id as "conversationId"',
  'select id from runs where callback_url',
  'delete from provider_traces',
  'delete from embeddings',
  '(select id from approval_requests',
];

/** The statements that an operation itself takes. */
function ownStatements(statements: readonly string[]): readonly string[] {
  return statements.filter(statement => !besides.some(begin => statement.startsWith(begin)));
}

/** As much of a statement as it takes to tell which it is. */
function gistOf(query: unknown): string {
  return textOf(query).trim().replace(/\s+/g, ' ').slice(0, 100);
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : '';
}
