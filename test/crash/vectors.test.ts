import 'reflect-metadata';
import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { pino } from 'pino';
import { loadSettings } from '../../src/config/settings.js';
import { moveVectors } from '../../src/main/move-vectors.js';
import { agentClient } from '../support/agent-client.js';
import { startCluster } from '../support/cluster.js';
import type { Cluster } from '../support/cluster.js';
import { startFakeTurbopuffer } from '../support/fake-turbopuffer.js';
import type { FakeTurbopuffer } from '../support/fake-turbopuffer.js';

interface StoreHealth {
  readonly state: string;
  readonly pending_changes: number;
  readonly failing: boolean;
}

describe('vectors in a store beside Postgres', function () {
  this.timeout(120_000);
  let cluster: Cluster;
  let fake: FakeTurbopuffer;
  let database: pg.Client;

  before(async () => {
    fake = await startFakeTurbopuffer();
    cluster = await startCluster({
      PERDURA_VECTOR_STORE: 'turbopuffer',
      TURBOPUFFER_API_KEY: fake.apiKey,
      TURBOPUFFER_BASE_URL: fake.url,
      PERDURA_VECTOR_WRITE_TIMEOUT_MS: '1000',
      PERDURA_VECTOR_CARRY_BATCH: '5',
      PERDURA_VECTOR_CARRY_INTERVAL_MS: '50',
    });
    database = new pg.Client({ connectionString: await cluster.databaseUrl() });
    await database.connect();
  });
  after(async () => {
    await database.end();
    await cluster.stop();
    await fake.close();
  });

  const stores = async (): Promise<readonly StoreHealth[]> => {
    const body = (await (await fetch(`${cluster.url}/v1/health/`)).json()) as { vector_stores?: readonly StoreHealth[] };
    return body.vector_stores ?? [];
  };
  const until = async (holds: (store: StoreHealth | undefined) => boolean): Promise<void> => {
    while (!holds((await stores())[0])) await delay(50);
  };
  const isCarried = (store: StoreHealth | undefined): boolean => store?.state === 'active' && store.pending_changes === 0;
  const recorded = async (): Promise<string[]> => {
    const { rows } = await database.query<{ key: string }>(
      `select 'perdura-passages-' || embedding_dim || '-' || organization_id || ' ' || id as key from passages where embedding_dim is not null`,
    );
    return rows.map(({ key }) => key).sort();
  };
  const facts = (n: number): string[] =>
    Array.from({ length: n }, (_, index) => `Fact ${index}: the heron number ${index} stands in pond ${index * 7}`);

  it('are all there after the worker was killed in the middle of carrying them over, and again in the middle of deletes', async () => {
    await until(isCarried);
    const { letta, newAgent } = agentClient(cluster.url);
    const agentId = await newAgent({ embedding: 'openai/text-embedding-3-small' });
    let writes = 0;
    let restarted = Promise.resolve();
    fake.onWrite = () => {
      writes += 1;
      if (writes !== 2) return;
      cluster.kill('worker');
      restarted = cluster.start('worker');
    };
    for (const text of facts(12)) await letta.agents.passages.create(agentId, { text });
    await until(() => writes >= 2);
    await restarted;
    await until(isCarried);
    assert.equal(fake.held().length, 12);
    assert.deepEqual(fake.held(), await recorded());

    writes = 0;
    const passages = await letta.agents.passages.list(agentId);
    for (const { id } of passages.slice(0, 11)) await letta.agents.passages.delete(id ?? '', { agent_id: agentId });
    await until(() => writes >= 2);
    await restarted;
    await until(isCarried);
    assert.equal(fake.held().length, 1);
    assert.deepEqual(fake.held(), await recorded());
  });

  it('move to Postgres and back while they are searched, and all arrive though the worker was killed in the middle', async () => {
    const { letta, newAgent } = agentClient(cluster.url);
    const agentId = await newAgent({ embedding: 'openai/text-embedding-3-small' });
    for (const text of facts(12)) await letta.agents.passages.create(agentId, { text });
    await until(isCarried);
    const settings = loadSettings({
      DATABASE_URL: await cluster.databaseUrl(),
      TEMPORAL_ADDRESS: await cluster.temporalAddress(),
      TURBOPUFFER_API_KEY: fake.apiKey,
      TURBOPUFFER_BASE_URL: fake.url,
    });
    const logger = pino({ level: 'silent' });
    await moveVectors(['--to', 'pgvector'], settings, logger);
    assert.deepEqual([await stores(), fake.held()], [[], []]);
    let writes = 0;
    let restarted = Promise.resolve();
    let isMoving = true;
    fake.onWrite = () => {
      writes += 1;
      if (writes !== 2) return;
      cluster.kill('worker');
      restarted = cluster.start('worker');
    };
    const move = moveVectors(['--to', 'turbopuffer'], settings, logger).finally(() => (isMoving = false));
    for (let extra = 0; isMoving; extra += 1) {
      const found = await letta.agents.passages.search(agentId, { query: 'the heron number 3 stands in pond 21', top_k: 3 });
      assert.equal(found.count, 3);
      if (extra < 5) await letta.agents.passages.create(agentId, { text: `Another heron, seen as number ${extra} while all were moving` });
    }
    await move;
    await restarted;
    await until(isCarried);
    assert.ok(writes >= 3);
    assert.deepEqual(fake.held(), await recorded());
  });

  it('are searched there, wait there while the store is away, and are found by words meanwhile', async () => {
    const { letta, newAgent } = agentClient(cluster.url);
    const agentId = await newAgent({ embedding: 'openai/text-embedding-3-small' });
    await letta.agents.passages.create(agentId, { text: 'The lighthouse keeper is called Odile' });
    await until(isCarried);
    fake.outage = 503;
    await letta.agents.passages.create(agentId, { text: 'The lighthouse keeper has a cat called Plume' });
    const found = await letta.agents.passages.search(agentId, { query: 'lighthouse keeper' });
    assert.equal(found.count, 2);
    await until(store => store?.pending_changes === 1 && store.failing);
    fake.outage = null;
    await until(isCarried);
    assert.deepEqual(fake.held(), await recorded());
  });
});
