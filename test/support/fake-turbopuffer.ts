import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

interface Row {
  readonly id: string;
  readonly vector: readonly number[];
  readonly [attribute: string]: unknown;
}

interface Space {
  readonly rows: Map<string, Row>;
  dimension: number | null;
}

type Condition = readonly [string, string, unknown] | readonly ['And', readonly Condition[]];

class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

export interface FakeTurbopuffer {
  readonly url: string;
  readonly apiKey: string;
  /** While set, every request is answered with this status. */
  outage: number | null;
  /** How long it takes to answer writes and queries. */
  delayMs: number;
  /** Called when a write was done, before it is answered. */
  onWrite: (rows: number) => void;
  /** Namespaces, and ids of what is in them. */
  held(): readonly string[];
  close(): Promise<void>;
}

/** The few endpoints of Turbopuffer that the server uses, with their checks: writes, ranked queries with filters, counts, lists and deletes of namespaces. */
export async function startFakeTurbopuffer(): Promise<FakeTurbopuffer> {
  const spaces = new Map<string, Space>();
  const apiKey = 'tpuf_test';
  const server = createServer((request, response) => {
    void (async () => {
      try {
        if (fake.outage !== null) throw new Refused(fake.outage, 'out of order');
        if (request.headers.authorization !== `Bearer ${apiKey}`) throw new Refused(401, 'invalid API key');
        if (fake.delayMs > 0 && request.method === 'POST') await delay(fake.delayMs);
        const answer = await route(request, spaces);
        if (isWrite(answer)) fake.onWrite(answer.rows_affected);
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      } catch (error) {
        const status = error instanceof Refused ? error.status : 500;
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ status: 'error', error: String(error) }));
      }
    })();
  });
  await new Promise<void>(resolve => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const fake: FakeTurbopuffer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    apiKey,
    outage: null,
    delayMs: 0,
    onWrite: () => undefined,
    held: () => [...spaces].flatMap(([name, { rows }]) => [...rows.keys()].map(id => `${name} ${id}`)).sort(),
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
  return fake;
}

function isWrite(answer: unknown): answer is { readonly rows_affected: number } {
  return typeof answer === 'object' && answer !== null && 'rows_affected' in answer;
}

async function route(request: IncomingMessage, spaces: Map<string, Space>): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://fake');
  const body = await readBody(request);
  const [, , , name = '', action] = url.pathname.split('/');
  if (request.method === 'GET' && url.pathname === '/v1/namespaces') return listSpaces(url, spaces);
  if (!url.pathname.startsWith('/v2/namespaces/')) throw new Refused(404, `no such endpoint: ${url.pathname}`);
  if (!/^[A-Za-z0-9-_.]{1,128}$/.test(name)) throw new Refused(400, `invalid namespace name: ${name}`);
  if (request.method === 'POST' && action === undefined) return write(name, body, spaces);
  const space = spaces.get(name);
  if (space === undefined) throw new Refused(404, `namespace '${name}' was not found`);
  if (request.method === 'POST' && action === 'query') return query(space, body);
  if (request.method === 'DELETE' && action === undefined) {
    spaces.delete(name);
    return { status: 'OK' };
  }
  throw new Refused(405, 'method not allowed');
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}

/** Two a page, so that a reader has to page. */
function listSpaces(url: URL, spaces: Map<string, Space>) {
  const prefix = url.searchParams.get('prefix') ?? '';
  const after = url.searchParams.get('cursor') ?? '';
  const left = [...spaces.keys()].filter(name => name.startsWith(prefix) && name > after).sort();
  const page = left.slice(0, 2);
  return { namespaces: page.map(id => ({ id })), ...(left.length > page.length ? { next_cursor: page.at(-1) } : {}) };
}

function write(name: string, body: Readonly<Record<string, unknown>>, spaces: Map<string, Space>) {
  const rows = (body['upsert_rows'] ?? []) as readonly Row[];
  const deletes = (body['deletes'] ?? []) as readonly string[];
  if (rows.length > 0 && body['distance_metric'] !== 'cosine_distance') throw new Refused(400, 'distance_metric is required');
  const existing = spaces.get(name);
  if (existing === undefined && rows.length === 0) throw new Refused(404, `namespace '${name}' was not found`);
  const space = existing ?? { rows: new Map<string, Row>(), dimension: null };
  const dimension = space.dimension ?? rows[0]?.vector.length ?? null;
  const schema = (body['schema'] ?? {}) as Readonly<Record<string, { type: string }>>;
  if (new Set(rows.map(({ id }) => id)).size < rows.length) throw new Refused(400, 'duplicate document IDs');
  for (const { id, vector, ...attributes } of rows) {
    if (Buffer.byteLength(id) > 64) throw new Refused(400, `document ID is too long: ${id}`);
    if (vector.length !== dimension) throw new Refused(400, `vector has ${vector.length} dimensions, expected ${dimension}`);
    for (const [attribute, value] of Object.entries(attributes)) checkType(attribute, value, schema[attribute]?.type);
  }
  space.dimension = dimension;
  for (const id of deletes) space.rows.delete(id);
  for (const row of rows) space.rows.set(row.id, row);
  spaces.set(name, space);
  return { status: 'OK', rows_affected: rows.length + deletes.length, billing: {} };
}

function checkType(attribute: string, value: unknown, type: string | undefined): void {
  const isOfType =
    value === null ||
    (type === 'string' && typeof value === 'string') ||
    (type === 'uint' && Number.isInteger(value)) ||
    (type === '[]string' && Array.isArray(value) && value.every(entry => typeof entry === 'string'));
  for (const entry of Array.isArray(value) ? value : [value]) {
    if (typeof entry === 'string' && entry.length > 4096)
      throw new Refused(400, `value of attribute ${attribute} is too long to filter by`);
  }
  if (!isOfType) throw new Refused(400, `attribute ${attribute} is not of type ${type ?? 'none'}`);
}

function query(space: Space, body: Readonly<Record<string, unknown>>) {
  const filters = body['filters'] as Condition | undefined;
  const matching = [...space.rows.values()].filter(row => filters === undefined || holds(row, filters));
  const performance = { approx_namespace_size: space.rows.size };
  const aggregate = body['aggregate_by'] as Readonly<Record<string, readonly [string]>> | undefined;
  if (aggregate !== undefined) {
    return { aggregations: Object.fromEntries(Object.keys(aggregate).map(key => [key, matching.length])), billing: {}, performance };
  }
  const [attribute, kind, vector] = body['rank_by'] as readonly [string, string, readonly number[]];
  const top = body['top_k'];
  if (attribute !== 'vector' || kind !== 'ANN') throw new Refused(400, 'rank_by is not understood');
  if (typeof top !== 'number' || top < 1 || top > 10_000) throw new Refused(400, 'top_k must be between 1 and 10000');
  if (vector.length !== space.dimension) throw new Refused(400, `vector has ${vector.length} dimensions, expected ${space.dimension}`);
  const ranked = matching.map(row => ({ id: row.id, $dist: distance(row.vector, vector) })).toSorted((a, b) => a.$dist - b.$dist);
  return { rows: ranked.slice(0, top), billing: {}, performance };
}

function holds(row: Row, condition: Condition): boolean {
  if (condition[0] === 'And') return (condition[1] as readonly Condition[]).every(part => holds(row, part));
  const [attribute, operator, asked] = condition as readonly [string, string, unknown];
  const value = row[attribute];
  const list = Array.isArray(value) ? value : [];
  switch (operator) {
    case 'In':
      return (asked as readonly unknown[]).includes(value);
    case 'Contains':
      return list.includes(asked);
    case 'ContainsAny':
      return (asked as readonly unknown[]).some(entry => list.includes(entry));
    case 'Gte':
      return typeof value === 'number' && value >= Number(asked);
    case 'Lte':
      return typeof value === 'number' && value <= Number(asked);
    default:
      throw new Refused(400, `unknown filter ${operator}`);
  }
}

function distance(a: readonly number[], b: readonly number[]): number {
  const dot = (x: readonly number[], y: readonly number[]): number => x.reduce((sum, value, index) => sum + value * (y[index] ?? 0), 0);
  return 1 - dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
}
