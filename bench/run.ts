import 'reflect-metadata';
import { spawn } from 'node:child_process';
import { mkdtempSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { packageFile } from '../src/config/version.js';
import { freePort } from '../src/embedded/ports.js';
import { startBenchServer } from './bench-server.js';
import type { Mode } from './bench-server.js';
import { measureCancellation } from './cancellation.js';
import { startFloor } from './floor.js';
import { idleApprovals } from './idle-approvals.js';
import { throughput, timed } from './measure.js';
import type { Timing } from './measure.js';
import { measureStreams } from './streams.js';
import { measureTools } from './tools.js';

const modes: readonly Mode[] = ['workflow', 'inline'];

/** Statements of this process, transaction marks included. */
let statements = 0;
const prototype = pg.Client.prototype as unknown as { query: (this: pg.Client, ...args: unknown[]) => unknown };
const { query: original } = prototype;
prototype.query = function counted(...args) {
  statements += 1;
  return original.apply(this, args);
};

const rows: string[] = [];
function row(name: string, measured: string, target: string): void {
  rows.push(`| ${name} | ${measured} | ${target} |`);
  console.log(`${name}: ${measured} (target ${target})`);
}
const ms = ({ p50, p95 }: Timing): string => `p50 ${p50.toFixed(0)} ms, p95 ${p95.toFixed(0)} ms`;

const server = await startBenchServer();
const { backend, mock, newAgent, send } = server;
const floor = await startFloor(backend.temporal.connection, backend.temporal.client);

async function messageTimes(mode: Mode): Promise<void> {
  const agentId = await newAgent();
  mock.script = () => ({ text: 'ok' });
  const floorTime = await timed(100, () => floor.run(mode));
  const before = statements;
  const calls = mock.seen.length;
  const cpu = process.cpuUsage();
  const time = await timed(100, () => send(mode, agentId));
  const used = process.cpuUsage(cpu);
  const count = mock.seen.length - calls;
  row(`one-step message, ${mode}`, `${ms(time)}; floor ${ms(floorTime)}; ratio ${(time.p50 / floorTime.p50).toFixed(2)}`, '<= 1.3 x floor');
  row(`SQL statements a one-step message, ${mode}`, ((statements - before) / count).toFixed(1), '<= 12');
  row(`CPU of API + worker a one-step message, ${mode}`, `${((used.user + used.system) / 1000 / count).toFixed(0)} ms`, '');
  await firstToken(mode);
  const steps = await toolSteps(mode);
  row(`3 tool steps and an answer, ${mode}`, ms(steps), '');
}

async function toolSteps(mode: Mode): Promise<Timing> {
  const agentId = await newAgent();
  mock.script = request => {
    const start = request.messages.findLastIndex(message => message.role === 'user');
    const done = request.messages.slice(start).filter(message => message.role === 'tool').length;
    return done < 3
      ? { toolCalls: [{ name: 'memory_replace', args: { label: 'human', old_string: 'x', new_string: 'x' } }] }
      : { text: 'done' };
  };
  const before = statements;
  const times = await timed(20, () => send(mode, agentId), 2);
  const perMessage = (statements - before) / 22;
  mock.script = () => ({ text: 'ok' });
  row(`SQL statements of a message with 3 tool steps, ${mode}`, perMessage.toFixed(1), '<= 12 + 3 x 6');
  return times;
}

async function firstToken(mode: Mode): Promise<void> {
  const agentId = await newAgent();
  const time = await timed(40, async () => {
    const response = await fetch(`${server.url[mode]}/v1/agents/${agentId}/messages/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ messages: [{ role: 'user', content: 'hi' }], stream_tokens: true, include_pings: false }),
    });
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
  });
  row(`first streamed token, ${mode}`, ms(time), mode === 'workflow' ? '<= 110 ms' : '<= 60 ms');
}

async function throughputs(mode: Mode): Promise<void> {
  for (const lanes of [16, 64]) {
    const agents = await Promise.all(Array.from({ length: lanes }, () => newAgent()));
    const ours = await throughput(lanes, 6, lane => send(mode, agents[lane] ?? ''));
    const floors = await throughput(lanes, 6, () => floor.run(mode));
    row(
      `messages/s at ${lanes} agents, ${mode}`,
      `${ours.toFixed(1)}; floor ${floors.toFixed(1)}; ${((100 * ours) / floors).toFixed(0)} %`,
      lanes === 16 ? '>= 80 %' : '',
    );
  }
}

async function passages(count: number): Promise<void> {
  const agentId = await newAgent({ embedding: 'perdura/minilm' });
  const place = await backend.archives.ensureForAgent(agentId, null);
  if (place === null) throw new Error('no archive');
  const vector = (): number[] => Array.from({ length: 384 }, () => Math.random() - 0.5);
  for (let from = 0; from < count; from += 5000) {
    await backend.database.query(
      `insert into passages (id, organization_id, archive_id, text, embedding, embedding_dim, embedding_model)
       select 'passage-' || gen_random_uuid(), $1, $2, 'synthetic passage number ' || n, (select array_agg(random() - 0.5) from generate_series(1, 384) where n > 0)::vector, 384, 'synthetic'
         from generate_series(1, $3::int) n`,
      [place.organizationId, place.archiveId, Math.min(5000, count - from)],
    );
  }
  await backend.database.query('analyze passages');
  const insert = await timed(30, index =>
    backend.passages.insert(place, [
      {
        id: `passage-${crypto.randomUUID()}`,
        text: `new ${index}`,
        tags: [],
        metadata: {},
        createdAt: null,
        embedding: vector(),
        toolCallId: null,
        createdById: null,
      },
    ]),
  );
  const time = await timed(60, () =>
    backend.passageSearch.search({
      organizationId: place.organizationId,
      ownerIds: [place.archiveId],
      query: 'number forty',
      vectors: [{ model: 'synthetic', vector: vector() }],
      tags: [],
      tagMatch: 'any',
      startAt: null,
      endAt: null,
      limit: 10,
    }),
  );
  row(`passage insert at ${count}`, ms(insert), '');
  row(`passage search at ${count}`, ms(time), '');
}

async function startUp(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'perdura-bench-'));
  chmodSync(folder, 0o755);
  const port = String(await freePort(0));
  const env = {
    ...process.env,
    PERDURA_DATA_DIR: join(folder, 'data'),
    PERDURA_PORT: port,
    PERDURA_TEMPORAL_UI_PORT: '0',
    PERDURA_POSTGRES_PORT: '0',
    PERDURA_TEMPORAL_PORT: '0',
  };
  const times: number[] = [];
  for (let index = 0; index < 3; index += 1) {
    const started = performance.now();
    const child = spawn(process.execPath, [packageFile('dist/src/main/start.js'), 'all'], { env, stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        if (/is ready after/.test(chunk.toString())) resolve();
      });
      child.once('exit', () => reject(new Error('the server did not start')));
    });
    times.push(performance.now() - started);
    const rss = (pid: string): string =>
      `${(Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid.trim()}/status`, 'utf8'))?.[1] ?? 0) / 1024).toFixed(0)} MB`;
    if (index === 2) {
      const temporal = readFileSync(join(folder, 'data', 'run', 'temporal.pid'), 'utf8');
      row('idle memory', `API + worker ${rss(String(child.pid ?? 0))}, Temporal ${rss(temporal)}`, '');
    }
    child.removeAllListeners('exit');
    const exited = new Promise(resolve => child.once('exit', resolve));
    child.kill('SIGTERM');
    await exited;
  }
  row('start-up to ready, first on an empty folder', times.map(time => `${(time / 1000).toFixed(1)} s`).join(', '), '<= 6 s');
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

row('agents.create', ms(await timed(50, () => newAgent())), '<= 40 ms');
const listed = await newAgent();
for (let index = 0; index < 20; index += 1) await send('inline', listed);
row('messages.list of 41 messages', ms(await timed(50, () => server.get(`/v1/agents/${listed}/messages`))), '');
for (const mode of modes) await messageTimes(mode);
for (const mode of modes) await throughputs(mode);
await passages(1000);
mock.script = () => ({ toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'y' }, id: 'asked' }] });
row(
  '100 idle waiting approvals',
  await idleApprovals({
    client: backend.temporal.client,
    newAgent: () => newAgent({ tool_rules: [{ type: 'requires_approval', tool_name: 'memory_insert' }] }),
    ask: agentId => send('workflow', agentId),
  }),
  '0 open workflows',
);
const cancellation = await measureCancellation({ url: server.url.inline, mock, newAgent });
row(
  'cancellation latency, in the middle of an answer',
  `connection to the provider closed: ${ms(cancellation.connection)}; run ended: ${ms(cancellation.end)}`,
  '',
);
const streams = await measureStreams({
  url: server.url.inline,
  mock,
  newAgent,
  databaseUrl: server.databaseUrl,
  temporalAddress: server.temporalAddress,
  database: backend.database,
});
row('resume of a stream in its middle, to the next event', ms(streams.resume), '');
row(`${streams.count} idle streams of as many runs on one API process`, streams.idle, '');
const tools = await measureTools(server);
const builtin = tools.calls[0]?.[1].p50 ?? 0;
for (const [name, time] of tools.calls)
  row(`message with one call of a tool, ${name}`, `${ms(time)}; beyond a built-in one ${(time.p50 - builtin).toFixed(0)} ms`, '');
for (const [name, time] of tools.sandboxes)
  row(`a trivial call in its sandbox, ${name}`, ms(time), name === 'Python, warm' ? '<= 100 ms' : '');
const { parallel } = tools;
row(`${parallel.count} Python calls at once`, `all after ${parallel.wholeMs.toFixed(0)} ms; each ${ms(parallel.each)}`, '');
await startUp();

const text = `# Benchmarks

\`npm run bench\` writes this file. The model is a mock that answers at once; API and worker run in one process beside Temporal's development server and
Postgres, on ${cpus().length} cores. Postgres does not wait for the disk (fsync is off). Absolute times depend on the machine and on what else it does; the ratios to the **floor** count. The floor is
signalWithStart → [child →] one local, one regular, one local activity that do nothing, on the same Temporal in the same run.

${new Date().toISOString().slice(0, 10)}:

| what | measured | to reach |
|---|---|---|
${rows.join('\n')}

V1 (Python server, same kind of machine): one-step message 584 to 924 ms with 147 statements, first token 320 ms, 2.5 messages/s at 16 agents,
agents.create 220 ms, start-up 12.5 s, search of 1,000 passages p95 245 ms.

100,000 passages: [vector-search.md](vector-search.md).
`;
writeFileSync(packageFile('docs/benchmarks.md'), text);
await floor.stop();
await server.stop();
process.exit(0);
