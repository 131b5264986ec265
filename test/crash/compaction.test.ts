import assert from 'node:assert/strict';
import { startCluster } from '../support/cluster.js';
import type { Boundary, Cluster, ProcessName } from '../support/cluster.js';
import { assertCompactedOnce, dividedScript, startCompactingRun, summaryCalls } from '../support/divided-compaction.js';

/** Part of `npm run test:crash`; the suite has one such kill in conversations.test.ts. */
const isMatrix = process.env['CRASH_MATRIX'] !== undefined;

for (const isolation of isMatrix ? (['workflow', 'inline'] as const) : []) {
  describe(`kill -9 around a compaction of ${summaryCalls} calls, isolation ${isolation}`, function () {
    this.timeout(180_000);
    let cluster: Cluster;

    before(async () => {
      cluster = await startCluster({ PERDURA_STEP_ISOLATION: isolation });
      cluster.mock.script = dividedScript;
    });
    after(() => cluster.stop());

    for (const process of ['worker', 'api', 'temporal', 'postgres'] as const) {
      for (const when of ['before', 'after'] as const) {
        for (let nth = 1; nth <= summaryCalls; nth += 1) {
          it(`of ${process} ${when} compactContext #${nth}`, () => survives(process, when, nth));
        }
      }
    }

    async function survives(name: ProcessName, when: Boundary['when'], nth: number): Promise<void> {
      let reached = 0;
      let hit = false;
      cluster.onBoundary = async boundary => {
        if (hit || boundary.activity !== 'compactContext' || boundary.when !== when) return;
        reached += 1;
        if (reached < nth) return;
        hit = true;
        cluster.kill(name);
        if (name === 'worker') await cluster.start('worker');
      };
      const from = cluster.mock.seen.length;
      const run = await startCompactingRun(cluster);
      if (name === 'api') {
        while (!hit) await new Promise(resolve => setTimeout(resolve, 20));
        await cluster.start('api');
      }
      await assertCompactedOnce(cluster, run, from, name !== 'postgres');
      assert.ok(hit, 'the boundary was reached');
    }
  });
}
