import assert from 'node:assert/strict';
import type { Cluster } from '../support/cluster.js';
import { sharedCluster } from '../support/shared-cluster.js';

describe('jobs, whatever happens', function () {
  this.timeout(120_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
  });
  beforeEach(() => {
    cluster.onBoundary = () => undefined;
  });

  const call = async <Body>(method: string, path: string, body?: unknown): Promise<Body> => {
    const response = await fetch(`${cluster.url}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as Body;
  };
  const whenOver = async (jobId: string): Promise<{ status: string; metadata: Record<string, unknown> }> => {
    for (;;) {
      const job = await call<{ status: string; metadata: Record<string, unknown> }>('GET', `/v1/jobs/${jobId}`);
      if (!['created', 'running'].includes(job.status)) return job;
      await new Promise(resolve => setTimeout(resolve, 100));
    }
  };
  /** Kills the worker when the activity has come to its boundary for the given times, and starts another one. */
  const killAt = (activity: string, when: 'before' | 'after', ...times: readonly number[]): (() => number) => {
    let [seen, kills] = [0, 0];
    cluster.onBoundary = async boundary => {
      if (boundary.activity !== activity || boundary.when !== when) return;
      seen += 1;
      if (!times.includes(seen)) return;
      kills += 1;
      cluster.kill('worker');
      await cluster.start('worker');
    };
    return () => kills;
  };

  it('make all vectors of an archive anew though the worker is killed in the middle, and ask for none twice', async () => {
    const archive = await call<{ id: string }>('POST', '/v1/archives/', { name: 'notes', embedding: 'openai/text-embedding-3-small' });
    const texts = Array.from({ length: 7 }, (_, n) => `heron ${n}`);
    await call('POST', `/v1/archives/${archive.id}/passages/batch`, { passages: texts.map(text => ({ text })) });
    const asked = cluster.mock.embedded.length;
    const kills = killAt('reembedPassages', 'after', 2);
    const changed = await call<{ reembed: { job_id: string } }>('PATCH', `/v1/archives/${archive.id}`, {
      embedding: 'openai/text-embedding-ada-002',
    });
    const found = await call<{ passage: unknown }[]>('POST', '/v1/passages/search', { archive_id: archive.id, query: 'heron' });
    assert.equal(found.length, 7, 'the search goes on meanwhile');
    const job = await whenOver(changed.reembed.job_id);
    assert.deepEqual([job.status, job.metadata['total'], job.metadata['done'], kills()], ['completed', 7, 7, 1]);
    const batches = cluster.mock.embedded
      .slice(asked)
      .flat()
      .filter(text => texts.includes(text));
    assert.deepEqual(batches.toSorted(), texts);
    const after = await call<{ passage: { embedding_config: { handle: string } } }[]>('POST', '/v1/passages/search', {
      archive_id: archive.id,
    });
    assert.deepEqual([...new Set(after.map(({ passage }) => passage.embedding_config.handle))], ['openai/text-embedding-ada-002']);
  });

  it('make the vector of every message, once, though the worker is killed in the middle', async () => {
    const agent = await call<{ id: string }>('POST', '/v1/agents/', {
      model: 'openai/mock-model',
      embedding: 'openai/text-embedding-3-small',
    });
    const kills = killAt('embedMessages', 'before', 1, 2);
    const texts = ['The heron stands in the reeds.', 'The otter sleeps.', 'The kingfisher dives.'];
    for (const input of texts) await call('POST', `/v1/agents/${agent.id}/messages`, { input });
    const search = { agent_id: agent.id, query: 'heron', search_mode: 'vector', roles: ['user'] };
    let found: readonly { readonly embedded_text: string }[] = [];
    while (found.length < texts.length || kills() === 0) {
      found = await call<typeof found>('POST', '/v1/agents/messages/search', search);
      await new Promise(resolve => setTimeout(resolve, 200));
    }
    assert.deepEqual(found.map(row => row.embedded_text).toSorted(), texts.toSorted());
    const embedded = cluster.mock.embedded.flat().filter(text => texts.includes(text));
    assert.deepEqual(embedded.toSorted(), texts.toSorted(), 'none is paid for twice');
  });
});
