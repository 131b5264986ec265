import { spawn } from 'node:child_process';
import { readFileSync, mkdtempSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import type { ClientRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageFile } from '../src/config/version.js';
import { freePort } from '../src/embedded/ports.js';
import type { Database } from '../src/repositories/database.js';
import type { MockOpenAi } from '../test/support/mock-openai.js';
import { timed } from './measure.js';
import type { Timing } from './measure.js';

export interface StreamsBench {
  readonly resume: Timing;
  readonly count: number;
  readonly idle: string;
}

export interface StreamsBenchDeps extends Omit<IdleStreamsOptions, 'runId'> {
  readonly url: string;
  readonly mock: Pick<MockOpenAi, 'script'>;
  readonly newAgent: () => Promise<string>;
}

const idleCount = 2000;

/** What it takes to come back to a stream, and what streams cost in which nothing happens. */
export async function measureStreams({ url, mock, newAgent, ...deps }: StreamsBenchDeps): Promise<StreamsBench> {
  const agentId = await newAgent();
  const startRun = async (): Promise<string> => {
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ input: 'hi' });
    const response = await fetch(`${url}/v1/agents/${agentId}/messages/async`, { method: 'POST', headers, body });
    return ((await response.json()) as { id: string }).id;
  };
  mock.script = () => ({ text: 'word '.repeat(200), pieceDelayMs: 5 });
  const resume = await measureResume(url, await startRun());
  let release: () => void = () => undefined;
  const isReleased = new Promise<void>(resolve => (release = resolve));
  mock.script = () => isReleased.then(() => ({ text: 'ok' }));
  const idle = await measureIdleStreams({ ...deps, runId: await startRun() });
  await fetch(`${url}/v1/agents/${agentId}`, { method: 'DELETE' });
  release();
  return { resume, count: idleCount, idle: `${idle.kilobytesEach.toFixed(0)} KB each, ${idle.cpuPercent.toFixed(1)} % of a core` };
}

interface IdleStreams {
  readonly kilobytesEach: number;
  /** Of one core, in percent. */
  readonly cpuPercent: number;
}

interface IdleStreamsOptions {
  readonly databaseUrl: string;
  readonly temporalAddress: string;
  readonly database: Database;
  /** A run that does not end while this measures: the others wait behind it. */
  readonly runId: string;
}

const settleMs = 5000;

/** Opens as many streams of as many runs on an API process of its own, and measures what they cost it while nothing happens. */
async function measureIdleStreams(options: IdleStreamsOptions): Promise<IdleStreams> {
  const runIds = await queueRuns(options);
  const folder = mkdtempSync(join(tmpdir(), 'perdura-bench-streams-'));
  const port = await freePort(0);
  const child = spawn(process.execPath, [packageFile('dist/src/main/start.js'), 'api'], {
    env: {
      ...process.env,
      DATABASE_URL: options.databaseUrl,
      TEMPORAL_ADDRESS: options.temporalAddress,
      PERDURA_DATA_DIR: folder,
      PERDURA_PORT: String(port),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      if (/is ready after/.test(chunk.toString())) resolve();
    });
    child.once('exit', () => reject(new Error('the API did not start')));
  });
  const pid = child.pid ?? 0;
  const warm = await openStreams(port, runIds.slice(0, 50));
  await settle();
  const before = residentBytes(pid);
  const open = await openStreams(port, runIds.slice(50));
  await settle();
  const cpuBefore = cpuMs(pid);
  await settle();
  const cpu = cpuMs(pid) - cpuBefore;
  const after = residentBytes(pid);
  for (const stream of [...warm, ...open]) stream.destroy();
  child.removeAllListeners('exit');
  const exited = new Promise(resolve => child.once('exit', resolve));
  child.kill('SIGTERM');
  await exited;
  rmSync(folder, { recursive: true, force: true });
  return { kilobytesEach: (after - before) / 1024 / open.length, cpuPercent: (100 * cpu) / settleMs };
}

/** From the request of a client that comes back to the first event that it has not seen. The run has ended: nothing but reading is measured. */
async function measureResume(url: string, runId: string): Promise<Timing> {
  const open = (startingAfter: number): Promise<Response> =>
    fetch(`${url}/v1/runs/${runId}/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ starting_after: startingAfter, include_pings: false }),
    });
  const seqIds = [...(await (await open(0)).text()).matchAll(/"seq_id":(\d+)/g)].map(match => Number(match[1]));
  const middle = seqIds[Math.floor(seqIds.length / 2)] ?? 0;
  return timed(100, async () => {
    const reader = (await open(middle)).body?.getReader();
    await reader?.read();
    await reader?.cancel();
  });
}

/** Copies of the run's row, which wait in its conversation's queue. */
async function queueRuns({ database, runId }: IdleStreamsOptions): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `insert into runs
     select (jsonb_populate_record(null::runs, to_jsonb(r) || jsonb_build_object('id', 'run-' || gen_random_uuid(), 'accept_no', r.accept_no + n,
              'queue_order', r.accept_no + n, 'status', 'created', 'started_at', null, 'last_seq', 0, 'attempt', 0, 'call_message_id', null))).*
       from runs r, generate_series(1, $2::int) n where r.id = $1 returning id`,
    [runId, idleCount],
  );
  return rows.map(row => row.id);
}

/** Resolves when each has got its first ping. */
function openStreams(port: number, runIds: readonly string[]): Promise<ClientRequest[]> {
  const open = (runId: string): Promise<ClientRequest> =>
    new Promise((resolve, reject) => {
      const stream = request({ port, host: '127.0.0.1', path: `/v1/runs/${runId}/stream`, method: 'POST', agent: false }, response => {
        response.once('data', () => resolve(stream));
        response.on('error', () => undefined);
      });
      stream.once('error', reject);
      stream.end();
    });
  return Promise.all(runIds.map(open));
}

function settle(): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, settleMs));
}

function residentBytes(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
}

/** Of a hundred ticks a second. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
