import type { Boundary, Cluster, ProcessName } from '../support/cluster.js';
import { assertNothingLostOrDoubled, fiveStepScript, startRun, waitForEnd } from '../support/five-steps.js';
import { sharedCluster } from '../support/shared-cluster.js';
import assert from 'node:assert/strict';

interface KillPoint {
  readonly process: ProcessName;
  readonly activity: string;
  readonly when: Boundary['when'];
  /** The how-manieth time that the boundary is reached. */
  readonly nth: number;
}

/** Each process at each kind of boundary; the whole matrix is `npm run test:crash`. */
const points: readonly KillPoint[] = [
  { process: 'worker', activity: 'advanceConversation', when: 'before', nth: 1 },
  { process: 'worker', activity: 'callModel', when: 'before', nth: 2 },
  { process: 'worker', activity: 'callModel', when: 'after', nth: 3 },
  { process: 'worker', activity: 'runTool', when: 'before', nth: 3 },
  { process: 'worker', activity: 'runTool', when: 'after', nth: 1 },
  { process: 'worker', activity: 'persistStep', when: 'after', nth: 2 },
  { process: 'worker', activity: 'advanceConversation', when: 'after', nth: 2 },
  { process: 'api', activity: 'callModel', when: 'before', nth: 1 },
  { process: 'api', activity: 'runTool', when: 'after', nth: 2 },
  { process: 'temporal', activity: 'callModel', when: 'after', nth: 1 },
  { process: 'temporal', activity: 'runTool', when: 'after', nth: 3 },
  { process: 'postgres', activity: 'callModel', when: 'before', nth: 2 },
  { process: 'postgres', activity: 'runTool', when: 'before', nth: 2 },
  { process: 'postgres', activity: 'persistStep', when: 'before', nth: 3 },
];

/** `npm run test:crash`: every process before and after every activity. */
const isMatrix = process.env['CRASH_MATRIX'] !== undefined;
const matrix = (['worker', 'api', 'temporal', 'postgres'] as const).flatMap(name =>
  (['advanceConversation', 'callModel', 'runTool', 'persistStep'] as const).flatMap(activity =>
    (['before', 'after'] as const).map((when): KillPoint => ({ process: name, activity, when, nth: 1 })),
  ),
);

for (const isolation of ['workflow', 'inline'] as const) {
  describe(`kill -9 around a run of five steps, isolation ${isolation}`, function () {
    this.timeout(120_000);
    let cluster: Cluster;

    before(async () => {
      cluster = await sharedCluster({ PERDURA_STEP_ISOLATION: isolation });
      cluster.mock.script = fiveStepScript;
    });
  
    // Inline differs in its workflow alone: a few points show that it goes on as well.
    const inlinePoints = points.filter(candidate => candidate.process === 'worker').slice(1, 5);
    for (const point of isMatrix ? matrix : isolation === 'workflow' ? points : inlinePoints) {
      it(`of ${point.process} ${point.when} ${point.activity} #${point.nth}`, async () => {
        let reached = 0;
        let hit = false;
        cluster.onBoundary = async ({ activity, when }) => {
          if (hit || activity !== point.activity || when !== point.when) return;
          reached += 1;
          if (reached < point.nth) return;
          hit = true;
          cluster.kill(point.process);
          if (point.process === 'worker') await cluster.start('worker');
        };
        const run = await startRun(cluster);
        if (point.process === 'api') {
          while (!hit) await new Promise(resolve => setTimeout(resolve, 20));
          await cluster.start('api');
        }
        const ended = await waitForEnd(cluster, run);
        assert.ok(hit, 'the boundary was reached');
        assert.equal(ended['status'], 'completed', JSON.stringify(ended));
        await assertNothingLostOrDoubled(cluster, run);
      });
    }
  });
}
