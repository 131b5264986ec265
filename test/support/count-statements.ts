import pg from 'pg';

type Query = (this: pg.Client, ...args: unknown[]) => unknown;
const prototype = pg.Client.prototype as unknown as { query: Query };

/** The statements that this process has sent while `work` ran, transaction marks included, the log of runs aside. */
async function recordStatements(work: () => Promise<unknown>): Promise<readonly string[]> {
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
  return statements.filter(statement => !ofTheLog.some(begin => statement.startsWith(begin)));
}

/** The statements that each of several tries has sent: what the server does by itself meanwhile is not in all of them. */
export async function commonStatements(work: () => Promise<unknown>, tries = 3): Promise<readonly string[]> {
  let common = await recordStatements(work);
  for (let n = 1; n < tries; n += 1) {
    const rest = [...(await recordStatements(work))];
    common = common.filter(statement => {
      const index = rest.indexOf(statement);
      if (index >= 0) rest.splice(index, 1);
      return index >= 0;
    });
  }
  return common;
}

/** The log of runs: how often it is written, told of and read depends on how fast a response comes. */
const ofTheLog = [
  'select pg_notify',
  'select e.seq',
  'select id, last_seq, status',
  'with fenced as ( update runs set last_seq = last_seq + $3,',
  'update runs set answered_at',
];

/** As much of a statement as it takes to tell which it is. */
function gistOf(query: unknown): string {
  return textOf(query).trim().replace(/\s+/g, ' ').slice(0, 100);
}

function textOf(query: unknown): string {
  if (typeof query === 'string') return query;
  return typeof query === 'object' && query !== null && 'text' in query ? String(query.text) : '';
}
