import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import pg from 'pg';
import { packageFile } from '../../src/config/version.js';
import type { ApiMeasure, Cluster } from '../support/cluster.js';
import { newAgent } from '../support/five-steps.js';
import { sharedCluster } from '../support/shared-cluster.js';
import { readToEnd } from '../support/stream-client.js';

/** `npm run test:soak` does it at length and keeps the result. */
const isLong = process.env['SOAK'] !== undefined;
const { streams, rounds, kills } = isLong ? { streams: 100, rounds: 3, kills: 3 } : { streams: 10, rounds: 1, kills: 1 };
const killEveryMs = 5000;
/** What the heap may keep: compiled code and caches of the first rounds. */
const heapSlackBytes = 25_000_000;

interface Measure extends ApiMeasure {
  readonly databaseConnections: number;
}

interface Totals {
  events: number;
  reconnects: number;
  kills: number;
}

describe('streams with clients that hang up and workers that are killed', function () {
  this.timeout(isLong ? 1_800_000 : 240_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
    cluster.mock.script = ({ messages }) =>
      messages.at(-1)?.role === 'tool'
        ? { text: Array.from({ length: 60 }, (_, index) => `w${index}`).join(' '), pieceDelayMs: 50 }
        : { text: 'Let me see.', toolCalls: [{ name: 'memory_insert', args: { label: 'human', new_string: 'tea' } }], pieceDelayMs: 20 };
  });

  it(`${streams} clients get every event of their run once, and the API is left as it was`, async () => {
    const started = Date.now();
    const totals: Totals = { events: 0, reconnects: 0, kills: 0 };
    await round(Math.ceil(streams / 4), 0, totals);
    const before = await measure();
    for (let number = 0; number < rounds; number += 1) await round(streams, kills, totals);
    let after = await measure();
    // Connections of the pool that are not needed are closed after a while.
    const hasMore = (): boolean => after.openFiles > before.openFiles || after.databaseConnections > before.databaseConnections + 2;
    for (let tries = 0; tries < 60 && hasMore(); tries += 1) {
      await new Promise(resolve => setTimeout(resolve, 500));
      after = await measure();
    }
    keep({ streams, rounds, ...totals, seconds: Math.round((Date.now() - started) / 1000), before, after });
    assert.equal(totals.kills, kills * rounds);
    assert.ok(totals.reconnects >= streams, 'clients did hang up');
    assert.equal(after.readers, 0, 'no reader is left behind');
    assert.ok(after.openFiles <= before.openFiles, `${before.openFiles} files and sockets were open, now ${after.openFiles}`);
    assert.ok(after.databaseConnections <= before.databaseConnections + 2, `${after.databaseConnections} connections to the database`);
    assert.ok(after.heapBytes <= before.heapBytes + heapSlackBytes, `the heap grew from ${before.heapBytes} to ${after.heapBytes} bytes`);
  });

  /** Starts the runs, reads each to its end with interruptions, and compares with its log. */
  async function round(count: number, killCount: number, totals: Totals): Promise<void> {
    const runIds = await Promise.all(Array.from({ length: count }, startRun));
    const killing = killWorkers(killCount);
    const read = await Promise.all(
      runIds.map(async (runId, index) => ({
        runId,
        ...(await readToEnd({
          url: () => cluster.url,
          runId,
          transport: index % 2 === 0 ? 'sse' : 'websocket',
          hangUpAfter: () => 1 + Math.floor(Math.random() * 40),
          deadline: Date.now() + 300_000,
        })),
      })),
    );
    totals.kills += await killing;
    for (const { runId, events, reconnects } of read) {
      const { events: log } = await readToEnd({
        url: () => cluster.url,
        runId,
        transport: 'sse',
        hangUpAfter: () => Infinity,
        deadline: Date.now() + 60_000,
      });
      assert.deepEqual(events, log, `${runId} was read with a gap or a double`);
      assert.equal(events.at(-1)?.message_type, 'usage_statistics', JSON.stringify(events.at(-1)));
      totals.events += events.length;
      totals.reconnects += reconnects;
    }
  }

  async function startRun(): Promise<string> {
    const agentId = await newAgent(cluster);
    const response = await fetch(`${cluster.url}/v1/agents/${agentId}/messages/async`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'Go' }),
    });
    return ((await response.json()) as { id: string }).id;
  }

  /** How often it was killed. */
  async function killWorkers(count: number): Promise<number> {
    for (let killed = 0; killed < count; killed += 1) {
      await new Promise(resolve => setTimeout(resolve, killed === 0 ? 1000 : killEveryMs));
      cluster.kill('worker');
      await cluster.start('worker');
    }
    return count;
  }

  async function measure(): Promise<Measure> {
    const client = new pg.Client({ connectionString: await cluster.databaseUrl() });
    await client.connect();
    try {
      const { rows } = await client.query<{ n: number }>(
        "select count(*)::int as n from pg_stat_activity where application_name like 'perdura%'",
      );
      return { ...(await cluster.measureApi()), databaseConnections: rows[0]?.n ?? 0 };
    } finally {
      await client.end();
    }
  }

  function keep(result: object): void {
    if (!isLong) return;
    const file = packageFile('.cache/soak.json');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(result));
  }
});
