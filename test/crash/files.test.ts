import assert from 'node:assert/strict';
import type { Cluster } from '../support/cluster.js';
import { readFile } from '../support/kill-beside-runs.js';
import { sharedCluster } from '../support/shared-cluster.js';

describe('the reading of files, whatever happens', function () {
  this.timeout(120_000);
  let cluster: Cluster;

  before(async () => {
    cluster = await sharedCluster();
  });

  it('loses no chunk and has none twice though the worker is killed after the parsing and between two batches, and no vector is asked for twice', async () => {
    const asked = cluster.mock.embedded.length;
    const kills: string[] = [];
    const kill = async (where: string): Promise<void> => {
      kills.push(where);
      cluster.kill('worker');
      await cluster.start('worker');
    };
    cluster.onBoundary = async ({ activity, when }) => {
      if (activity === 'parseFile' && when === 'after' && kills.length === 0) await kill('parse');
    };
    // In the middle of the second batch.
    cluster.mock.refuseEmbedding = async () => {
      if (kills.length === 1 && cluster.mock.embedded.length - asked === 2) await kill('embed');
      return false;
    };
    await (await (await readFile(cluster)).begin()).check();
    assert.deepEqual(kills, ['parse', 'embed']);
    const texts = cluster.mock.embedded.slice(asked).flat();
    assert.equal(texts.filter(text => text.includes('number 1')).length, 1, 'what was kept is not asked for again');
  });
});
